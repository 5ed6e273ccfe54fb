import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LiveKitEvent } from '../../core/index.ts';
import { applicationToken, startSession, type StartedSession } from '../../dev/platform-client.ts';
import type { LiveKitKey } from '../../dev/stack-environment.ts';
import { eventually } from '../support/eventually.ts';
import { encodeAsLiveKit } from '../support/livekit-events.ts';
import { signatureClaims, signClaims, unsignedJwt } from '../support/livekit-signature.ts';
import { openStack, type StackFixture } from '../support/stack-fixture.ts';

interface Stored {
  readonly state: string;
  readonly end_reason: string | null;
  readonly room_sid: string;
  readonly facts: number;
  readonly audited: number;
}

/** Sessions whose client never comes: what becomes of them is up to the events this test signs as LiveKit would. */
describe("LiveKit's webhooks", () => {
  let fixture: StackFixture;
  let webhookKey: LiveKitKey;
  let session: StartedSession;
  let roomSid: string;

  beforeAll(async () => {
    fixture = await openStack({ agent: false });
    await fixture.online('agent-a');
    webhookKey = fixture.stack.webhookKey;
  });
  afterAll(() => fixture.close());

  /** A new session whose own room_started event is in. */
  async function freshSession(): Promise<void> {
    const { description } = fixture;
    const token = await applicationToken(description, description.apps['client-a']);
    session = await startSession(description, token, description.apps['agent-a'].client_id);
    const { room_sid: sid } = await eventually(stored, (row) => row.facts >= 3);
    roomSid = sid;
  }

  async function stored(): Promise<Stored> {
    const [row] = await fixture.sql<Stored>(
      `select state, end_reason, room_sid,
         (select count(*)::int from session_facts f where f.session_id = s.session_id) as facts,
         (select count(*)::int from audit_events a where a.session_id = s.session_id) as audited
       from sessions s where session_id = $1`,
      [session.sessionId],
    );
    if (row === undefined) throw new Error('the session is not on record');
    return row;
  }

  function event(name: string, id: string, over: Partial<LiveKitEvent> = {}): LiveKitEvent {
    return {
      eventId: `EV_${id}_${session.sessionId}`,
      event: name,
      room: { name: session.room, sid: roomSid, creationTimeMs: 1_790_000_000_000 },
      ...over,
    };
  }

  const clientHere = () => ({ participant: { sid: 'PA_1', identity: session.identity } });

  async function deliver(sent: LiveKitEvent, key: LiveKitKey = webhookKey): Promise<number> {
    const body = encodeAsLiveKit(sent);
    return deliverSigned(body, await sign(body, key));
  }
  async function deliverSigned(body: Uint8Array, signature: string | undefined): Promise<number> {
    const response = await fetch(`${fixture.description.lkps_url}/livekit/webhook`, {
      method: 'POST',
      headers: {
        'content-type': 'application/webhook+json',
        ...(signature === undefined ? {} : { authorization: signature }),
      },
      body: Buffer.from(body),
    });
    expect(response.status === 200 ? await response.text() : '').toBe('');
    return response.status;
  }
  function sign(body: Uint8Array, key: LiveKitKey, at = new Date()): Promise<string> {
    return signClaims(
      { id: key.id, secret: new TextEncoder().encode(key.secret) },
      signatureClaims(body, at),
    );
  }

  it('end a session alike in any order', async () => {
    await freshSession();
    const events = [
      event('room_finished', 'finished'),
      event('participant_left', 'left', clientHere()),
      event('participant_joined', 'joined', clientHere()),
      event('room_started', 'started'),
    ];
    for (const each of events) {
      expect(await deliver(each)).toBe(200);
    }
    expect(await stored()).toMatchObject({ state: 'ended', end_reason: 'completed' });
  });

  it('say that nobody came when nobody did', async () => {
    await freshSession();
    expect(await deliver(event('room_finished', 'finished'))).toBe(200);
    expect(await stored()).toMatchObject({ state: 'ended', end_reason: 'nobody_came' });
  });

  it('count once however often and however concurrently they are delivered', async () => {
    await freshSession();
    const joined = event('participant_joined', 'joined', clientHere());
    expect(await deliver(joined)).toBe(200);
    const after = await stored();
    expect(after.state).toBe('active');
    expect(await Promise.all(Array.from({ length: 20 }, () => deliver(joined)))).toEqual(Array(20).fill(200));
    expect(await stored()).toEqual(after);
  });

  it('of an earlier life of the room, or of a room or a kind that is not ours, change nothing', async () => {
    await freshSession();
    const before = await stored();
    const room = { name: session.room, sid: 'RM_another', creationTimeMs: 1 };
    expect(await deliver(event('room_finished', 'other-sid', { room }))).toBe(200);
    expect((await stored()).state).toBe(before.state);
    const foreign = { name: 'someone-elses-room', sid: 'RM_foreign', creationTimeMs: 1 };
    const unknown = { name: `s-${'0'.repeat(32)}`, sid: 'RM_unknown', creationTimeMs: 1 };
    const settled = await stored();
    expect(await deliver(event('room_finished', 'foreign', { room: foreign }))).toBe(200);
    expect(await deliver(event('room_finished', 'unknown', { room: unknown }))).toBe(200);
    expect(await deliver(event('an_event_of_tomorrow', 'new'))).toBe(200);
    expect(await stored()).toEqual(settled);
  });

  it('with a signature that is not right are refused with 401, and change nothing', async () => {
    await freshSession();
    const body = encodeAsLiveKit(event('room_finished', 'forged'));
    const tampered = new TextEncoder().encode(new TextDecoder().decode(body).replace('RM_', 'RM__'));
    const good = await sign(body, webhookKey);
    const claims = signatureClaims(body, new Date());
    const before = await stored();
    const attempts = {
      'no signature': [body, undefined],
      "LiveKit's API key, which signs tokens": [body, await sign(body, fixture.stack.livekitKey)],
      'the right key id with another secret': [
        body,
        await sign(body, { ...webhookKey, secret: 'x'.repeat(43) }),
      ],
      'another body': [tampered, good],
      'an old signature': [body, await sign(body, webhookKey, new Date(Date.now() - 400_000))],
      'no algorithm': [body, unsignedJwt({ alg: 'none' }, { ...claims, iss: webhookKey.id })],
      'a participant token': [body, session.token],
      'a "Bearer" prefix': [body, `Bearer ${good}`],
    } as const;
    for (const [what, [bytes, signature]] of Object.entries(attempts)) {
      expect(await deliverSigned(bytes, signature), what).toBe(401);
    }
    expect(await stored()).toEqual(before);
    const reasons = await fixture.sql<{ reason: string }>(
      `select distinct reason from audit_events where type = 'webhook.rejected' order by reason`,
    );
    expect(reasons.map(({ reason }) => reason)).toEqual([
      'body_hash_wrong',
      'signature_expired',
      'signature_missing',
      'signature_wrong',
      'signing_key_unknown',
    ]);
  });
});
