import { createHash, randomUUID } from 'node:crypto';
import { AccessToken } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TrackSource } from '@livekit/protocol';
import { eventOf } from '../../dev/client-process.ts';
import { applicationToken, bearer, post } from '../../dev/platform-client.ts';
import { joinedBare } from '../support/livekit-signalling.ts';
import { openStack, type StackFixture } from '../support/stack-fixture.ts';
import { lieFrom, type Lies } from '../support/stack-liar.ts';
import { ANNOUNCEMENT, takeSeat, tryFrom, type Seat, type TriedSeat } from '../support/stack-seat.ts';

const HEARS = { canSubscribe: true } as const;

/** What a participant may ask to be, the rights that leaves it, and what it then tries all the same. */
const SEATS = [
  {
    kind: 'listen-only',
    permissions: { can_publish: false, can_publish_data: false },
    rights: { ...HEARS, canPublish: false, canPublishData: false },
    tries: ['data', 'text', 'name', 'metadata', 'attributes', 'microphone'],
    published: [],
  },
  {
    kind: 'moderated speaker',
    permissions: { can_publish_sources: ['microphone'] },
    rights: { ...HEARS, canPublish: true, canPublishData: true, canPublishSources: ['microphone'] },
    tries: ['echo', 'text', 'name', 'metadata', 'attributes', 'tone', 'camera'],
    published: ['MICROPHONE'],
  },
  {
    kind: 'full',
    permissions: {},
    rights: { ...HEARS, canPublish: true, canPublishData: true },
    tries: ['echo', 'text', 'name', 'metadata', 'attributes', 'tone', 'camera', 'screen_share'],
    published: ['CAMERA', 'MICROPHONE', 'SCREEN_SHARE'],
  },
  {
    kind: 'deaf',
    permissions: { can_subscribe: false },
    rights: { canSubscribe: false, canPublish: true, canPublishData: true },
    tries: ['echo', 'text', 'name', 'metadata', 'attributes', 'microphone'],
    published: ['MICROPHONE'],
  },
] as const;

interface Outcome extends TriedSeat {
  readonly seat: Seat;
  readonly nonce: string;
  readonly lies: Lies;
}

/** For the agent alone: as much as it may be. */
const AGENT_METADATA = `for the agent ${randomUUID()} `.padEnd(16_384, '.');
const WISHES = {
  participant_name: 'Zoë',
  participant_metadata: '{"locale":"de"}',
  participant_attributes: { desk: '7' },
  agent_metadata: AGENT_METADATA,
};

describe('least privilege, at the real server', () => {
  let fixture: StackFixture;
  let entraToken: string;
  const outcomes = new Map<string, Outcome>();
  const agentId = (): string => fixture.description.apps['agent-a'].client_id;

  beforeAll(async () => {
    fixture = await openStack();
    entraToken = await applicationToken(fixture.description, fixture.description.apps['client-a']);
    await Promise.all(
      SEATS.map(async ({ kind, permissions, tries }) => {
        const body = { agent_entra_app_id: agentId(), permissions, ...WISHES };
        const seat = await takeSeat(fixture, entraToken, body);
        const nonce = randomUUID();
        const tried = await tryFrom(fixture, seat, nonce, tries);
        outcomes.set(kind, { seat, nonce, ...tried, lies: await lieFrom(seat) });
      }),
    );
  });
  afterAll(() => fixture.close());

  describe.each(SEATS)('a $kind seat', ({ kind, rights, tries, published }) => {
    let outcome: Outcome;
    beforeAll(() => {
      outcome = outcomes.get(kind) ?? expect.unreachable();
    });
    const mayPublish = (source: string): boolean =>
      rights.canPublish && (!('canPublishSources' in rights) || source === 'microphone');
    const tried = (what: string): unknown =>
      outcome.run.events.find(({ event, what: name }) => event === 'tried' && name === what)?.['outcome'];
    const said = (name: string): readonly unknown[] =>
      outcome.run.events.filter(({ event }) => event === name);
    const agentSaw = (name: string): TriedSeat['agentSaw'] =>
      outcome.agentSaw.filter(({ event }) => event === name);

    it('has exactly its rights in its token, and these on record', async () => {
      const { seat } = outcome;
      const video = { roomJoin: true, room: seat.room, canUpdateOwnMetadata: false, ...rights };
      expect(seat.claims['video']).toEqual(video);
      const [granted] = await fixture.sql(
        `select grants, token_id from audit_events where session_id = $1 and type = 'session.granted'`,
        [seat.sessionId],
      );
      expect(granted).toEqual({ grants: video, token_id: seat.claims.jti });
    });

    it('publishes what it may, and nobody ever sees anything else of it', () => {
      const sources = tries.filter((what) => ['microphone', 'tone', 'camera', 'screen_share'].includes(what));
      for (const what of sources) {
        const source = what === 'tone' ? 'microphone' : what;
        expect(tried(what), what).toBe(mayPublish(source) ? 'done' : 'failed');
      }
      expect(outcome.run.exit.code, JSON.stringify(outcome.run.events)).toBe(0);
      expect(outcome.published).toEqual(published);
      const seen = agentSaw('track_seen').map(({ source }) => source);
      expect(seen.map((source) => String(source).replace('SCREENSHARE', 'SCREEN_SHARE')).sort()).toEqual(
        published,
      );
    });

    it('sends data and text where it may, and otherwise nothing of it arrives', () => {
      const { nonce, seat } = outcome;
      const arrived = agentSaw('data_seen').filter(({ text }) => text === nonce);
      const topics = new Set(arrived.map(({ topic }) => topic));
      expect(topics).toEqual(new Set(rights.canPublishData ? ['lkps.echo', 'lkps.text'] : []));
      expect(arrived.every(({ from }) => from === seat.identity || from === null)).toBe(true);
      expect(said('data_echoed').length).toBe(rights.canPublishData ? 1 : 0);
    });

    it('hears the agent unless it is deaf, and what is sent to everybody in any case', () => {
      expect(said('track').length).toBe(rights.canSubscribe ? 1 : 0);
      expect(said('data')).toContainEqual(expect.objectContaining({ text: ANNOUNCEMENT }));
      expect(said('audio_echoed').length).toBe((tries as readonly string[]).includes('tone') ? 1 : 0);
    });

    it('never changes who it is: to itself, to LiveKit and to the agent it is who the platform says', () => {
      const { seat, described } = outcome;
      const attributes = {
        desk: '7',
        'lkps.session_id': seat.sessionId,
        'lkps.client_id': fixture.description.apps['client-a'].client_id,
        'lkps.request_id': seat.requestId,
      };
      expect(seat.claims['attributes']).toEqual(attributes);
      const self = { name: 'Zoë', metadata: '{"locale":"de"}', attributes };
      expect(described).toEqual(self);
      expect(eventOf(outcome.run, 'self')).toEqual({ event: 'self', ...self });
      expect(agentSaw('participant_seen')).toEqual([
        { event: 'participant_seen', room: seat.room, identity: seat.identity, ...self },
      ]);
    });

    it('gets no more by a client that asks for everything', () => {
      const verdict = (may: boolean): string => (may ? 'granted' : 'NOT_ALLOWED');
      const { lies } = outcome;
      expect(lies.tracks).toEqual({
        camera: verdict(mayPublish('camera')),
        microphone: verdict(mayPublish('microphone')),
        screen_share: verdict(mayPublish('screen_share')),
        screen_share_audio: verdict(mayPublish('screen_share_audio')),
        unknown: verdict(mayPublish('unknown')),
      });
      expect(lies.dataTrack).toBe(verdict(rights.canPublishData));
      expect(lies.self).toEqual({ name: 'NOT_ALLOWED', metadata: 'NOT_ALLOWED', attributes: 'NOT_ALLOWED' });
      expect(lies.door).toEqual([401, 401, 401]);
    });

    it("gets no more by LiveKit's own refreshed token", () => {
      const { lies, seat } = outcome;
      expect(lies.refreshed['video']).toEqual(seat.claims['video']);
      expect(lies.refreshed.sub).toBe(seat.identity);
      expect(lies.refreshedCamera).toBe(mayPublish('camera') ? 'granted' : 'NOT_ALLOWED');
    });

    it('gets no more by joining beside itself', () => {
      const camera = mayPublish('camera') ? 'granted' : 'NOT_ALLOWED';
      expect(outcome.lies.second).toBe(
        rights.canPublish ? `itself#second hears false camera ${camera}` : 401,
      );
    });

    it('has told the agent all that is for the agent, and told nobody else', async () => {
      const sha256 = createHash('sha256').update(AGENT_METADATA).digest('hex');
      expect(agentSaw('job_started')).toMatchObject([{ metadata_bytes: 16_384, metadata_sha256: sha256 }]);
      const secret = AGENT_METADATA.slice(0, 50);
      expect(JSON.stringify([outcome.seat.claims, outcome.run.events, fixture.log])).not.toContain(secret);
      const rows = await fixture.sql<{ n: number }>(
        `select count(*)::int as n from audit_events a where to_jsonb(a)::text like '%' || $1 || '%'`,
        [secret],
      );
      expect(rows).toEqual([{ n: 0 }]);
    });
  });

  it('knows what it cannot forbid: a source is a label, and a picture may call itself a microphone', () => {
    expect([...outcomes].map(([kind, { lies }]) => [kind, lies.disguised])).toEqual(
      expect.arrayContaining([
        ['listen-only', 'NOT_ALLOWED'],
        ['moderated speaker', 'granted'],
      ]),
    );
  });

  it('never says "no source" by an empty list, which at LiveKit is every source', async () => {
    const body = { agent_entra_app_id: agentId(), permissions: { can_publish_sources: [] } };
    const refused = await post(
      `${fixture.description.ocelot_url}/api/session/start`,
      body,
      bearer(entraToken),
    );
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_request' } });

    const { key, secret } = fixture.description.livekit_api;
    const seat = await takeSeat(fixture, entraToken, { agent_entra_app_id: agentId() });
    const trap = new AccessToken(key, secret, { identity: 'trap', ttl: 60 });
    trap.addGrant({ roomJoin: true, room: seat.room, canPublish: true, canPublishSources: [] });
    const trapped = await joinedBare({ ...seat, token: await trap.toJwt() });
    expect(await trapped.addTrack(TrackSource.CAMERA)).toBe('granted');
    trapped.close();
  });
});
