import { randomUUID } from 'node:crypto';
import { AgentDispatchClient, RoomServiceClient } from 'livekit-server-sdk';
import { startClient, type ClientEvent } from '../../dev/client-process.ts';
import {
  applicationToken,
  bearer,
  post,
  startSession,
  textOf,
  userToken,
} from '../../dev/platform-client.ts';
import { signJwt } from '../../adapters/livekit/sign-jwt.ts';
import type { AttackScene } from './attack-scene.ts';
import { connectWorker, type RawWorker } from './attack-worker.ts';
import { eventually } from './eventually.ts';
import { joinedBare, type BareClient } from './livekit-signalling.ts';
import type { StackFixture } from './stack-fixture.ts';

export interface PlatformScene extends AttackScene {
  /** A token of the attacking team, as registering gives it. */
  readonly workerToken: () => Promise<string>;
  /** What the caller has seen in its room: a real LiveKit client. */
  readonly seen: readonly ClientEvent[];
  /** Reasons on record about workers since it was last asked, of all that was refused or withheld. */
  readonly refusals: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

/** LiveKit takes a quarter of a second to choose a worker. */
const OFFERED_MS = 500;

/** The whole platform, `agent-a` with its echo agent the one team, `agent-b` the other; ada talks to the first. */
export async function platformScene(fixture: StackFixture): Promise<PlatformScene> {
  const { description } = fixture;
  const { apps, users, livekit_api: api, agent_gateway_url: gatewayUrl } = description;
  const [own, victim] = [apps['agent-b'].client_id, apps['agent-a'].client_id];
  const rooms = new RoomServiceClient(api.url, api.key, api.secret);
  const dispatches = new AgentDispatchClient(api.url, api.key, api.secret);
  const [ofAda, ofClientA, ofClientB, ofAttacker] = await Promise.all([
    userToken(description, users['ada'] ?? missing('ada'), apps['client-a']),
    applicationToken(description, apps['client-a']),
    applicationToken(description, apps['client-b']),
    applicationToken(description, apps['agent-b']),
  ]);
  const visitors: BareClient[] = [];

  const session = await startSession(description, ofAda, victim);
  const seen: ClientEvent[] = [];
  const caller = await startClient(session, ['stay', '--seconds', '900'], {
    onEvent: (event) => seen.push(event),
  });
  const agentIn = (events: readonly ClientEvent[]): string | undefined =>
    events
      .map(({ event, identity }) => (event === 'participant_joined' ? String(identity) : undefined))
      .find(Boolean);
  const agent = await eventually(
    () => Promise.resolve(agentIn(seen)),
    (identity) => identity !== undefined,
    30_000,
  );

  const workerToken = async (entraToken: string): Promise<string> => {
    const { status, body } = await post(
      `${description.ocelot_url}/api/agent/register`,
      {},
      bearer(entraToken),
    );
    return status === 200 ? textOf(body, 'token') : missing(`a token: ${status} ${JSON.stringify(body)}`);
  };
  const connectAs = async (
    entraToken: string,
    answer?: Parameters<typeof connectWorker>[1],
  ): Promise<RawWorker> => {
    const endpoint = { url: `${gatewayUrl}/agent?protocol=1`, token: await workerToken(entraToken) };
    const worker = await connectWorker(endpoint, answer);
    return typeof worker === 'number' ? missing(`a connection: ${worker}`) : worker;
  };
  let lastSeen = '';
  return {
    own,
    victim,
    room: session.room,
    jobId: String(agent).replace(/^agent-/, ''),
    caller: session.identity,
    patienceMs: OFFERED_MS,
    livekitUrl: description.livekit_url,
    workerToken: () => workerToken(ofAttacker),
    seen,
    connect: (answer) => connectAs(ofAttacker, answer),
    callVictim: async () => {
      const { room } = await startSession(description, ofClientA, victim);
      await eventually(
        () => rooms.listParticipants(room),
        (present) => present.length > 0,
        60_000,
      );
    },
    callOwn: async () => {
      // Gateways say who is online, and who is no more, in their own time.
      const started = await eventually(
        () => startSession(description, ofClientB, own).catch(whereUnavailable),
        (session) => session !== undefined,
      );
      return { room: started?.room ?? '', callerToken: started?.token ?? '' };
    },
    openRoom: async () => {
      const room = `room-${randomUUID()}`;
      await rooms.createRoom({ name: room, emptyTimeout: 60 });
      const key = { id: api.key, secret: new TextEncoder().encode(api.secret) };
      const exp = Math.floor(Date.now() / 1000) + 60;
      const token = await signJwt(key, { exp, sub: 'ada', video: { roomJoin: true, room } });
      visitors.push(await joinedBare({ livekitUrl: description.livekit_url, token }));
    },
    endJob: async () => {
      for (const { id } of await dispatches.listDispatch(session.room)) {
        await dispatches.deleteDispatch(id, session.room);
      }
      const isLeft = (events: readonly ClientEvent[]): boolean =>
        events.some(({ event, kind }) => event === 'participant_left' && kind === 'AGENT');
      return eventually(() => Promise.resolve(seen), isLeft, 45_000).then(
        () => 'told' as const,
        () => 'not_told' as const,
      );
    },
    refusals: async () => {
      const rows = await fixture.sql<{ event_id: string; reason: string }>(
        `select event_id, reason from audit_events where event_id > coalesce(nullif($1, ''), '00000000-0000-0000-0000-000000000000')::uuid
           and type in ('worker.refused', 'worker.message_refused', 'worker.job_withheld') order by event_id`,
        [lastSeen],
      );
      lastSeen = rows.at(-1)?.event_id ?? lastSeen;
      return rows.map(({ reason }) => reason);
    },
    close: async () => {
      for (const visitor of visitors) {
        visitor.close();
      }
      await caller.stop();
    },
  };
}

function whereUnavailable(error: unknown): undefined {
  if (!String(error).includes('agent_unavailable')) {
    throw error;
  }
}

function missing(what: string): never {
  throw new Error(`there is no ${what}`);
}
