import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseParticipantIdentity,
  parseRoomSid,
  SESSION_STATES,
  type AuditEvent,
  type LiveKitEvent,
  type RoomName,
  type SessionFact,
} from '../../core/index.ts';
import type { Fault } from '../support/memory-faults.ts';
import { ada, ADA, AGENT, AGENT_NAME, CONTEXT, withRegisteredAgent } from '../support/platform-cast.ts';
import { platformOverMemory, type Platform } from '../support/platform-over-memory.ts';
import { SessionModel } from '../support/platform-session-model.ts';

/** The first room a platform with one registered agent asks for: its webhooks may come before CreateRoom's answer. */
const IDENTITY = parseParticipantIdentity(`user-${ADA}`);
const LIVES = [
  { sid: parseRoomSid('RM_memory000001'), creationTimeMs: 1_790_000_000_001 }, // CreateRoom's answer
  { sid: parseRoomSid('RM_another'), creationTimeMs: 1_790_000_000_000 },
];
const KINDS = ['room_started', 'room_finished', 'participant_joined', 'participant_left'] as const;

interface Delivery {
  readonly kind: (typeof KINDS)[number] | 'participant_connection_aborted';
  readonly life: (typeof LIVES)[number];
  readonly participant: { readonly sid: string; readonly identity: string; readonly agentName?: string };
  readonly times: number;
}

const deliveries: fc.Arbitrary<Delivery> = fc.record({
  kind: fc.constantFrom(...KINDS, 'participant_connection_aborted'),
  life: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...LIVES.slice(0, 1)) }, fc.constantFrom(...LIVES)),
  participant: fc.oneof(
    fc.constantFrom('PA_1', 'PA_2').map((sid) => ({ sid, identity: IDENTITY })),
    fc.constantFrom('PA_3', 'PA_4').map((sid) => ({ sid, identity: `agent-${sid}`, agentName: AGENT_NAME })),
    fc.constant({ sid: 'PA_5', identity: 'agent-stranger', agentName: 'another' }),
  ),
  times: fc.integer({ min: 1, max: 3 }),
});

const story = fc.record({
  deliveries: fc.array(deliveries, { maxLength: 8 }),
  createRoom: fc.oneof(
    { weight: 3, arbitrary: fc.constant<Fault>('none') },
    fc.constantFrom<Fault>('before', 'after'),
  ),
});

describe('invariant 4: a session, started and reported on at once', () => {
  it('ends as a plain ledger of its facts says, however steps and webhooks interleave', async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(story, fc.scheduler(), async ({ deliveries: drawn, createRoom }, scheduler) => {
        const platform = await scheduledPlatform(scheduler);
        platform.rooms.fault = createRoom;
        const start = platform.service.startSession.execute({
          caller: ada,
          agentClientId: AGENT,
          context: CONTEXT,
        });
        const room = await roomOnceAsked(platform, scheduler);
        const events = drawn.flatMap((delivery, index) =>
          Array.from({ length: delivery.times }, () => eventOf(delivery, room, index)),
        );
        const delivered = events.map((event) => deliver(platform, event));
        const outcome = start.then(
          () => 'granted' as const,
          () => 'failed' as const,
        );
        await scheduler.waitFor(Promise.all([outcome, ...delivered]));

        const model = new SessionModel({ identity: IDENTITY, agent: AGENT_NAME });
        [...drawn.map(factOf), ...stepsOf(await outcome)].forEach((fact) => {
          model.learn(fact);
        });
        const [session] = platform.sessions.sessions;
        const { intent, state } = session ?? expect.unreachable();
        expect(session).toEqual({ intent, ...model.status() });
        expectOneWayUp(platform.audit.events, state);
        expectRefusedOnlyWhenOver(platform, createRoom, await outcome);
        seen.set(state, (seen.get(state) ?? 0) + 1);
      }),
      { numRuns: 1000 },
    );
    expect([...seen.keys()].sort()).toEqual(['active', 'created', 'ended', 'failed']);
  });
});

/** Every step that matters to the session happens when the scheduler lets it: CreateRoom's answer, each transaction. */
function scheduledPlatform(scheduler: fc.Scheduler): Promise<Platform> {
  const turn = (name: string): Promise<void> => scheduler.schedule(Promise.resolve(), name);
  return withRegisteredAgent(
    platformOverMemory({
      replace: ({ rooms, sessions }) => ({
        rooms: {
          createRoom: (request) =>
            rooms.createRoom(request).finally(() => turn('the answer of CreateRoom is on its way')),
          deleteRoom: (room) => rooms.deleteRoom(room),
        },
        sessions: {
          open: (...input) => sessions.open(...input),
          find: (...input) => sessions.find(...input),
          record: async (key, facts, describeChange) => {
            await turn(`record ${facts.map(({ factId }) => factId).join(' ')}`);
            return sessions.record(key, facts, describeChange);
          },
          grant: async (...input) => {
            await turn('grant');
            return sessions.grant(...input);
          },
        },
      }),
    }),
  );
}

async function roomOnceAsked({ rooms }: Platform, scheduler: fc.Scheduler): Promise<RoomName> {
  for (let tick = 0; rooms.requests.length === 0 && tick < 100; tick += 1) {
    await Promise.resolve();
  }
  expect(scheduler.count()).toBeLessThanOrEqual(1);
  return rooms.requests[0]?.room ?? expect.unreachable();
}

function deliver({ service, webhooks }: Platform, event: LiveKitEvent): Promise<unknown> {
  return service.handleWebhook.execute({ webhook: webhooks.sign(event), context: CONTEXT });
}

function eventOf({ kind, life, participant }: Delivery, room: RoomName, index: number): LiveKitEvent {
  return { eventId: `EV_${index}`, event: kind, room: { name: room, ...life }, participant };
}

function factOf({ kind, life, participant }: Delivery, index: number): SessionFact {
  const base = { factId: `EV_${index}`, at: new Date(0), life };
  return kind === 'room_started' || kind === 'room_finished'
    ? { ...base, kind }
    : { ...base, kind, participant };
}

/** What the start itself reports: an answer of CreateRoom and a grant, or a failure. */
function stepsOf(outcome: 'granted' | 'failed'): readonly SessionFact[] {
  const at = new Date(0);
  const [life] = LIVES;
  return outcome === 'granted' && life !== undefined
    ? [
        { factId: 'created', kind: 'room_created', at, life },
        { factId: 'granted', kind: 'token_granted', at },
      ]
    : [{ factId: 'failed', kind: 'start_failed', at, reason: 'livekit_unavailable' }];
}

/** A start whose room was made fails only if the room was reported closed before its grant; then it is closed for good. */
function expectRefusedOnlyWhenOver(
  { audit, rooms }: Platform,
  createRoom: Fault,
  outcome: 'granted' | 'failed',
): void {
  const denials = audit.events.filter(({ type }) => type === 'session.denied');
  if (createRoom === 'none' && outcome === 'failed') {
    expect(denials).toMatchObject([{ reason: 'session_over' }]);
    expect(rooms.rooms).toEqual([]);
  } else {
    expect(denials).toEqual([]);
    expect(outcome).toBe(createRoom === 'none' ? 'granted' : 'failed');
  }
}

/** The trail leads from `starting` to the final state without a gap, and upwards while one life rules. */
function expectOneWayUp(events: readonly AuditEvent[], final: string): void {
  const rank = (state: string): number => SESSION_STATES.findIndex((known) => known === state);
  let [state, sid]: [string, string | undefined] = ['starting', undefined];
  for (const { type, details, roomSid } of events) {
    if (type === 'session.transition') {
      const { from = '', to = '' } = details ?? {};
      expect(from).toBe(state);
      if (sid === roomSid) {
        expect(rank(to)).toBeGreaterThanOrEqual(rank(from));
      }
      [state, sid] = [to, roomSid];
    }
  }
  expect(state).toBe(final);
}
