import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  agentIdentity,
  foldSession,
  isOver,
  ownerOf,
  parseClientId,
  parseObjectId,
  parseOperatorNote,
  type Agent,
  type OperatorView,
  type Session,
  type SessionIntent,
  type SessionStore,
} from '../../core/index.ts';
import { holds } from '../support/arbitraries.ts';
import { asNewSession, freshSessionId } from '../support/fresh-ids.ts';
import { sessionLives } from '../support/session-arbitraries.ts';
import { impersonal } from '../support/session-changes.ts';
import { describeAgentList, freshAgent, type AgentListSubject } from './agent-list.contract.ts';

export interface OperatorViewSubject extends AgentListSubject {
  readonly sessions: SessionStore;
  /** With nothing behind it; left out where a subject cannot break. */
  readonly broken?: OperatorView;
}

const ALL = 1000;
const AT = new Date('2026-02-03T04:05:06.007Z');
const note = parseOperatorNote('OPS-1');

/** What every OperatorView promises. Each run opens a fresh one: a list shows everything there is. */
export function describeOperatorView(adapter: string, open: () => Promise<OperatorViewSubject>): void {
  describeAgentList(adapter, open);

  describe(`OperatorView contract, who is known: ${adapter}`, { timeout: 90_000 }, () => {
    let subject: OperatorViewSubject;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());

    it('tells who has ever registered, an application with its personal agents, from who was only revoked', async () => {
      const { agents, cutOffs, view } = subject;
      const [known, owner, stranger] = [freshAgent(), freshAgent(), freshAgent()];
      const user = parseObjectId(crypto.randomUUID());
      const personal = { ...owner, ...agentIdentity(owner.clientId, user) };
      const another = agentIdentity(known.clientId, user);
      await agents.register(known, []);
      await agents.register(personal, []);
      for (const { name } of [known, stranger, another]) {
        await cutOffs.revokeAgent(name, { at: AT }, []);
      }
      for (const { name } of [known, owner, personal]) {
        expect(await view.hasRegistered(name)).toBe(true);
      }
      for (const { name } of [stranger, another, freshAgent()]) {
        expect(await view.hasRegistered(name)).toBe(false);
      }
    });

    it('lists blocked clients by id', async () => {
      const clients = [1, 2, 3].map(() => parseClientId(crypto.randomUUID())).sort();
      for (const client of clients) {
        await subject.cutOffs.blockClient(client, { at: AT, note }, []);
      }
      const [free, ...blocked] = clients;
      await subject.cutOffs.unblockClient(free ?? expect.unreachable(), []);
      const expected = blocked.map((clientId) => ({ clientId, blocked: { at: AT, note } }));
      expect(await subject.view.listBlockedClients(ALL)).toEqual(expected);
      expect(await subject.view.listBlockedClients(1)).toEqual(expected.slice(0, 1));
    });

    it('rejects with audit_unavailable when it is broken', async ({ skip }) => {
      const { broken } = subject;
      if (broken === undefined) {
        return skip('this subject cannot break');
      }
      const calls = [
        broken.listAgents({ limit: 1 }),
        broken.listBlockedClients(1),
        broken.hasRegistered(freshAgent().name),
        broken.listSessions({ limit: 1 }),
        broken.factsOf(freshSessionId()),
      ];
      for (const call of await Promise.allSettled(calls)) {
        expect(call).toMatchObject({ status: 'rejected', reason: { code: 'audit_unavailable' } });
      }
    });
  });

  describe(`OperatorView contract, sessions: ${adapter}`, { timeout: 90_000 }, () => {
    let subject: OperatorViewSubject;
    let known: Session[];
    beforeAll(async () => {
      subject = await open();
      known = await populate(subject);
    });
    afterAll(() => subject.close());
    beforeEach(() => {
      expect(known.length).toBeGreaterThan(20);
    });

    it('lists exactly the sessions that are asked for, newest first', async () => {
      const agents = [undefined, ...new Set(known.map(({ intent }) => intent.agent))];
      const clients = [undefined, ...new Set(known.map(({ intent }) => intent.caller.clientId))];
      for (const agent of agents) {
        for (const client of clients) {
          for (const open of [undefined, true] as const) {
            const chosen = {
              ...(agent === undefined ? {} : { agent }),
              ...(client === undefined ? {} : { client }),
              ...(open === undefined ? {} : { open }),
            };
            const expected = known.filter(
              (session) =>
                (agent === undefined || isOf(agent, session)) &&
                (client === undefined || session.intent.caller.clientId === client) &&
                (open === undefined || !isOver(session)),
            );
            expect(await subject.view.listSessions({ ...chosen, limit: ALL })).toEqual(expected);
          }
        }
      }
    });

    it('lists page after page, each session once, also those asked for at the same instant', async () => {
      const seen: Session[] = [];
      for (;;) {
        const last = seen.at(-1);
        const after = last === undefined ? {} : { after: last };
        const page = await subject.view.listSessions({ ...after, limit: 7 });
        seen.push(...page);
        if (page.length < 7) {
          break;
        }
      }
      expect(seen).toEqual(known);
    });

    it('shows the facts of a session as they were recorded, and none of one it does not know', () =>
      holds(
        sessionLives(),
        async ({ intent: drawn, facts }) => {
          const intent = asNewSession(drawn);
          await subject.sessions.open(intent, []);
          await subject.sessions.record({ room: intent.room }, facts, () => []);
          const shown = await subject.view.factsOf(intent.sessionId);
          const times = shown.map(({ at }) => at.getTime());
          expect(times).toEqual([...times].sort((a, b) => a - b));
          expect(new Set(shown)).toEqual(new Set(facts));
          expect(await subject.view.factsOf(freshSessionId())).toEqual([]);
        },
        { numRuns: 30 },
      ));
  });
}

/** Sessions of few agents, clients and instants, in every state; in the order of a list. */
async function populate({ sessions }: OperatorViewSubject): Promise<Session[]> {
  const apps = [1, 2].map(() => parseClientId(crypto.randomUUID()));
  const user = parseObjectId(crypto.randomUUID());
  const known: Session[] = [];
  for (const [index, { intent: drawn, facts }] of fc.sample(sessionLives(), 30).entries()) {
    const agentClientId = apps[index % 2] ?? expect.unreachable();
    const agent = agentIdentity(agentClientId, index % 3 === 0 ? user : undefined).name;
    const caller = { ...drawn.caller, clientId: apps[index % 5 === 0 ? 0 : 1] ?? expect.unreachable() };
    const requestedAt = index % 4 === 0 ? AT : drawn.requestedAt;
    const intent: SessionIntent = { ...asNewSession(drawn), agent, agentClientId, caller, requestedAt };
    await sessions.open(intent, []);
    await sessions.record({ room: intent.room }, facts, () => []);
    known.push({ intent: impersonal(intent), ...foldSession(intent, facts) });
  }
  return known.sort(
    ({ intent: a }, { intent: b }) =>
      b.requestedAt.getTime() - a.requestedAt.getTime() || (a.sessionId < b.sessionId ? 1 : -1),
  );
}

function isOf(agent: Agent['name'], { intent }: Session): boolean {
  const { clientId, userId } = ownerOf(agent);
  return intent.agent === agent || (userId === undefined && intent.agentClientId === clientId);
}
