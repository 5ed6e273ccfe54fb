import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AuditJournal,
  BlockClient,
  EndSessions,
  isOver,
  LkpsError,
  parseTokenTtlSeconds,
  RegisterAgent,
  RevokeAgent,
  StartSession,
  agentNameOf,
  parseClientId,
  type AgentStore,
  type AuditStore,
  type ClientId,
  type CutOffStore,
  type OperatorView,
  type Principal,
  type RoomDispatcher,
  type SessionStore,
  type StartedSession,
} from '../../core/index.ts';
import { RandomIds } from '../../composition/random-ids.ts';
import { systemClock } from '../../composition/system-clock.ts';
import { holds } from '../support/arbitraries.ts';
import { MemoryApplicationDirectory } from '../support/memory-application-directory.ts';
import { MemoryRoomDispatcher } from '../support/memory-room-dispatcher.ts';
import { MemoryTokenIssuer } from '../support/memory-token-issuer.ts';
import { CONTEXT, servicePrincipalOf } from '../support/platform-cast.ts';

export interface CuttingOffSubject {
  readonly agents: AgentStore;
  readonly cutOffs: CutOffStore;
  readonly sessions: SessionStore;
  readonly view: OperatorView;
  readonly audit: AuditStore;
  readonly close: () => Promise<void>;
}

/** When, in milliseconds, each start begins, how long LiveKit takes for each call, and after how many answers the operator acts. */
const races = fc.record({
  starts: fc.array(fc.nat(12), { minLength: 4, maxLength: 20 }),
  lags: fc.array(fc.nat(10), { minLength: 5, maxLength: 5 }),
  actsAfter: fc.nat(3),
  act: fc.constantFrom('revoke', 'block'),
});

/** Races take real time, and more of it on a busy machine. */
const SLOW_MS = 90_000;

/** What the stores together promise of a cut-off that meets starts under way. */
export function describeCuttingOff(
  adapter: string,
  open: () => Promise<CuttingOffSubject>,
  { numRuns }: { readonly numRuns: number },
): void {
  describe(`cutting off while sessions start: ${adapter}`, () => {
    let subject: CuttingOffSubject;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());

    it(
      'leaves no session open, and no token without its room closed, once the operator is answered',
      async () => {
        const seen = { granted: 0, refused: 0 };
        await holds(
          races,
          async (race) => {
            const stage = await openStage(subject, race.lags);
            const { answered, outcomes: starts } = startAll(stage, race.starts);
            while (answered() < race.actsAfter) {
              await delay(1);
            }
            const ended = await stage.cutOff(race.act);
            const openAtAnswer = await stage.openSessions();
            const outcomes = await Promise.all(starts);
            const late = await stage.start();

            expect(ended.every(({ outcome }) => outcome !== 'failed')).toBe(true);
            const granted = outcomes.filter((outcome) => typeof outcome === 'object');
            const rooms = new Set(stage.rooms.map(({ request }) => request.room));
            for (const { sessionId, room } of granted) {
              const session = await subject.sessions.find({ sessionId });
              expect(session).toMatchObject({ state: 'ended', endReason: 'revoked' });
              expect(rooms.has(room)).toBe(false);
            }
            expect(late).toBe(race.act === 'revoke' ? 'agent_not_registered' : 'client_not_authorized');
            expect(rooms.size).toBe(0);
            for (const session of openAtAnswer) {
              expect(granted.map(({ sessionId }) => sessionId)).not.toContain(session.intent.sessionId);
            }
            expect((await stage.openSessions()).filter((session) => !isOver(session))).toEqual([]);
            seen.granted += granted.length;
            seen.refused += outcomes.length - granted.length;
          },
          { numRuns },
        );
        expect(Math.min(seen.granted, seen.refused)).toBeGreaterThan(numRuns / 4);
      },
      SLOW_MS,
    );

    it(
      'closes the room of every session it says it ended, also of one that was starting',
      async () => {
        let ended = 0;
        await holds(
          races,
          async (race) => {
            const stage = await openStage(subject, race.lags);
            const { answered, outcomes: starts } = startAll(stage, race.starts);
            while (answered() === 0 && (await stage.openSessions()).length <= race.actsAfter) {
              await delay(1);
            }
            const answers = await stage.end();
            await Promise.all(starts);
            const rooms = new Set(stage.rooms.map(({ request }) => request.room));
            for (const { sessionId } of answers.filter(({ outcome }) => outcome === 'ended')) {
              const session = await subject.sessions.find({ sessionId });
              expect(session && isOver(session)).toBe(true);
              expect(rooms.has(session?.intent.room ?? expect.unreachable())).toBe(false);
              ended += 1;
            }
          },
          { numRuns },
        );
        expect(ended).toBeGreaterThan(numRuns / 4);
      },
      SLOW_MS,
    );
  });
}

interface Starts {
  /** How many have been answered by now. */
  readonly answered: () => number;
  readonly outcomes: readonly Promise<StartedSession | string>[];
}

/** Starts after so many milliseconds each, whatever becomes of the others. */
function startAll(stage: Stage, waitsMs: readonly number[]): Starts {
  let answered = 0;
  const outcomes = waitsMs.map(async (waitMs) => {
    await delay(waitMs);
    return stage.start().finally(() => {
      answered += 1;
    });
  });
  return { answered: () => answered, outcomes };
}

interface Stage {
  /** The session, or the code it was refused with. */
  readonly start: () => Promise<StartedSession | string>;
  readonly cutOff: (act: 'revoke' | 'block') => ReturnType<EndSessions['execute']>;
  readonly end: () => ReturnType<EndSessions['execute']>;
  readonly openSessions: () => ReturnType<OperatorView['listSessions']>;
  readonly rooms: MemoryRoomDispatcher['rooms'];
}

/** One agent that has registered, and one client that may reach it, new to the stores. */
async function openStage(subject: CuttingOffSubject, lags: readonly number[]): Promise<Stage> {
  const clock = systemClock;
  const ids = new RandomIds();
  const [agent, client] = [parseClientId(crypto.randomUUID()), parseClientId(crypto.randomUUID())];
  const directory = new MemoryApplicationDirectory();
  directory.put(agent, { servicePrincipalId: servicePrincipalOf(agent), preAuthorized: [client] });
  const livekit = new MemoryRoomDispatcher();
  const journal = new AuditJournal({ clock, ids, region: 'eu' });
  const rules = { clientAuthorization: 'always', userAgents: 'deny' } as const;
  const ports = {
    ...subject,
    workers: { isOnline: () => Promise.resolve(true) },
    clock,
    ids,
    directory,
    journal,
    rules,
    maxOpenSessions: 1000,
    rooms: slow(livekit, lags),
    tokens: new MemoryTokenIssuer(),
    tokenTtlMs: parseTokenTtlSeconds(60),
  };
  await new RegisterAgent(ports).execute({ caller: application(agent), context: CONTEXT });
  const startSession = new StartSession(ports);
  const endSessions = new EndSessions(ports);
  const name = agentNameOf(agent);
  return {
    start: () =>
      startSession
        .execute({ caller: application(client), agentClientId: agent, context: CONTEXT })
        .catch((error: unknown) => (error instanceof LkpsError ? error.code : 'defect')),
    cutOff: async (act) => {
      if (act === 'revoke') {
        await new RevokeAgent(ports).execute({ agent: name, sessions: 'to_end' });
        return endSessions.execute({ which: { agent: name }, cause: 'agent_revoked' });
      }
      await new BlockClient(ports).execute({ client, sessions: 'to_end' });
      return endSessions.execute({ which: { client }, cause: 'client_blocked' });
    },
    end: () => endSessions.execute({ which: { client }, cause: 'session_ended' }),
    openSessions: () => subject.view.listSessions({ agent: name, open: true, limit: 100 }),
    get rooms() {
      return livekit.rooms;
    },
  };
}

/** A LiveKit that takes its time before each call, and again before its answer. */
function slow(rooms: RoomDispatcher, lags: readonly number[]): RoomDispatcher {
  let calls = 0;
  const pause = (): Promise<void> => delay(lags[calls++ % lags.length] ?? 0);
  return {
    createRoom: async (request) => {
      await pause();
      const life = await rooms.createRoom(request);
      await pause();
      return life;
    },
    deleteRoom: async (room) => {
      await pause();
      await rooms.deleteRoom(room);
      await pause();
    },
  };
}

function application(clientId: ClientId): Principal {
  return { kind: 'application', clientId };
}
