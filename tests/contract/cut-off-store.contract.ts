import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  agentIdentity,
  agentNameOf,
  parseClientId,
  parseObjectId,
  parseOperatorNote,
  type Agent,
  type AgentName,
  type AgentStore,
  type AuditStore,
  type ClientId,
  type CutOffStore,
} from '../../core/index.ts';
import { auditEvents, holds, instants } from '../support/arbitraries.ts';
import { asNewEvents, freshSessionId } from '../support/fresh-ids.ts';

export interface CutOffStoreSubject {
  readonly cutOffs: CutOffStore;
  /** The agents that it cuts off. */
  readonly agents: AgentStore;
  /** Where its audit events go. */
  readonly audit: AuditStore;
  /** Over the same, but some calls fail, before their effect or after it. */
  readonly failingAtRandom: CutOffStore;
  /** With nothing behind it; left out where a subject cannot break. */
  readonly broken?: CutOffStore;
  readonly close: () => Promise<void>;
}

const unavailable = { code: 'audit_unavailable' };
const AT = new Date('2026-02-03T04:05:06.007Z');
const LATER = new Date('2026-03-03T04:05:06.007Z');
const note = parseOperatorNote('OPS-1: leaked secret');

/** Broken connections are slow ones. */
const SLOW = { numRuns: 30 };

type Act = 'revoke' | 'restore' | 'block' | 'unblock' | 'register';
const steps = fc.array(
  fc.record({
    act: fc.constantFrom<Act>('revoke', 'restore', 'block', 'unblock', 'register'),
    app: fc.nat(1),
    isPersonal: fc.boolean(),
    /** Of a revocation: clocks of operators may go back. */
    seconds: fc.nat(3),
  }),
  { minLength: 1, maxLength: 12 },
);

/** What every CutOffStore promises. An adapter's own test file is one call to this. */
export function describeCutOffStore(adapter: string, open: () => Promise<CutOffStoreSubject>): void {
  describe(`CutOffStore contract: ${adapter}`, { timeout: 90_000 }, () => {
    let subject: CutOffStoreSubject;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());

    it('does what a plain ledger of revoked names and blocked ids says, whatever comes when', () =>
      holds(steps, async (drawn) => {
        const cast = freshCast();
        const [revoked, voided] = [new Map<string, Date>(), new Map<string, Date | undefined>()];
        const [blocked, registered] = [new Set<string>(), new Set<string>()];
        for (const { act, app, isPersonal, seconds } of drawn) {
          const { client, name, agent } = cast(app, isPersonal);
          const isRevoked = revoked.has(name) || revoked.has(client);
          const at = new Date(AT.getTime() + seconds * 1000);
          switch (act) {
            case 'revoke':
              expect(await subject.cutOffs.revokeAgent(name, { at, note }, [])).toBe(
                revoked.has(name) ? 'already_revoked' : 'revoked',
              );
              revoked.set(name, revoked.get(name) ?? at);
              break;
            case 'restore':
              expect(await subject.cutOffs.restoreAgent(name, [])).toBe(
                revoked.has(name) ? 'restored' : 'not_revoked',
              );
              voided.set(name, latest(voided.get(name), secondOf(revoked.get(name))));
              revoked.delete(name);
              break;
            case 'block':
              expect(await subject.cutOffs.blockClient(client, { at: AT }, [])).toBe(
                blocked.has(client) ? 'already_blocked' : 'blocked',
              );
              blocked.add(client);
              break;
            case 'unblock':
              expect(await subject.cutOffs.unblockClient(client, [])).toBe(
                blocked.delete(client) ? 'unblocked' : 'not_blocked',
              );
              break;
            case 'register':
              expect(await subject.agents.register(agent, [])).toBe(
                isRevoked ? 'agent_revoked' : 'registered',
              );
              registered[isRevoked ? 'has' : 'add'](name);
              break;
          }
          expect(await subject.cutOffs.isBlocked(client)).toBe(blocked.has(client));
          const expected = {
            ...agent,
            revokedAt: revoked.get(name) ?? revoked.get(client),
            tokensVoidUntil: latest(voided.get(name), voided.get(client)),
          };
          expect(await subject.agents.find(name)).toEqual(registered.has(name) ? expected : undefined);
        }
      }));

    it('writes the audit events of what it changes, and none of what it finds as it is', () =>
      holds(fc.array(auditEvents, { minLength: 8, maxLength: 8 }), async (drawn) => {
        const { client, name } = freshCast()(0, false);
        const sessionId = freshSessionId();
        const events = asNewEvents(drawn, { sessionId });
        const [e1, e2, e3, e4, ...unchanged] = events.map((event) => [event]);
        const of = (list: typeof e1): NonNullable<typeof e1> => list ?? [];
        const { cutOffs } = subject;
        await cutOffs.revokeAgent(name, { at: AT }, of(e1));
        await cutOffs.revokeAgent(name, { at: LATER }, of(unchanged[0]));
        await cutOffs.restoreAgent(name, of(e2));
        await cutOffs.restoreAgent(name, of(unchanged[1]));
        await cutOffs.blockClient(client, { at: AT }, of(e3));
        await cutOffs.blockClient(client, { at: LATER }, of(unchanged[2]));
        await cutOffs.unblockClient(client, of(e4));
        await cutOffs.unblockClient(client, of(unchanged[3]));
        const stored = (await subject.audit.listBySession(sessionId)).map(({ eventId }) => eventId);
        expect(stored).toEqual(events.slice(0, 4).map(({ eventId }) => eventId));
      }));

    it('keeps the first revocation of several at once, and says so to one of them only', () =>
      holds(fc.array(instants, { minLength: 2, maxLength: 6 }), async (times) => {
        const { name, client, agent } = freshCast()(0, false);
        await subject.agents.register(agent, []);
        const revoked = await Promise.all(times.map((at) => subject.cutOffs.revokeAgent(name, { at }, [])));
        const blocked = await Promise.all(times.map((at) => subject.cutOffs.blockClient(client, { at }, [])));
        expect(revoked.filter((outcome) => outcome === 'revoked').length).toBe(1);
        expect(blocked.filter((outcome) => outcome === 'blocked').length).toBe(1);
        expect((await subject.agents.find(name))?.revokedAt).toEqual(times[revoked.indexOf('revoked')]);
      }));

    it('keeps the latest of the revocations that were taken back, also where a clock went back', async () => {
      const { name, agent } = freshCast()(0, false);
      await subject.agents.register(agent, []);
      for (const at of [LATER, AT]) {
        await subject.cutOffs.revokeAgent(name, { at }, []);
        await subject.cutOffs.restoreAgent(name, []);
      }
      expect((await subject.agents.find(name))?.tokensVoidUntil).toEqual(secondOf(LATER));
    });

    it('leaves a revocation and a block undone when an audit event is refused', () =>
      holds(auditEvents, async (drawn) => {
        const { client, name, agent } = freshCast()(0, false);
        const sessionId = freshSessionId();
        const [event] = asNewEvents([drawn], { sessionId });
        const twice = event === undefined ? [] : [event, event];
        const at = { at: AT };
        await expect(subject.cutOffs.revokeAgent(name, at, twice)).rejects.toMatchObject(unavailable);
        await expect(subject.cutOffs.blockClient(client, at, twice)).rejects.toMatchObject(unavailable);
        expect(await subject.agents.register(agent, [])).toBe('registered');
        expect(await subject.cutOffs.isBlocked(client)).toBe(false);
        expect(await subject.audit.listBySession(sessionId)).toEqual([]);
      }));

    it('shows a revocation exactly when it shows its audit event, under failure', () =>
      holds(
        fc.array(auditEvents, { minLength: 2, maxLength: 8 }),
        async (drawn) => {
          const acts = drawn.map((event) => {
            const sessionId = freshSessionId();
            return { ...freshCast()(0, false), sessionId, audit: asNewEvents([event], { sessionId }) };
          });
          const outcomes = await Promise.allSettled(
            acts.map(({ name, audit }) => subject.failingAtRandom.revokeAgent(name, { at: AT }, audit)),
          );
          for (const [index, { agent, sessionId }] of acts.entries()) {
            const isRevoked = (await subject.agents.register(agent, [])) === 'agent_revoked';
            expect((await subject.audit.listBySession(sessionId)).length).toBe(isRevoked ? 1 : 0);
            expect(isRevoked || outcomes[index]?.status === 'rejected').toBe(true);
          }
        },
        SLOW,
      ));

    it('rejects with audit_unavailable when it is broken', async ({ skip }) => {
      const { broken } = subject;
      if (broken === undefined) {
        return skip('this subject cannot break');
      }
      const { client, name } = freshCast()(0, false);
      const calls = [
        broken.revokeAgent(name, { at: AT }, []),
        broken.restoreAgent(name, []),
        broken.blockClient(client, { at: AT }, []),
        broken.unblockClient(client, []),
        broken.isBlocked(client),
      ];
      for (const call of await Promise.allSettled(calls)) {
        expect(call).toMatchObject({ status: 'rejected', reason: unavailable });
      }
    });
  });
}

type Cast = (
  app: number,
  isPersonal: boolean,
) => { readonly client: ClientId; readonly name: AgentName; readonly agent: Agent };

function latest(...times: readonly (Date | undefined)[]): Date | undefined {
  return times.reduce((one, other) => (one === undefined || (other && other > one) ? other : one));
}

/** As tokens tell time. */
function secondOf(at: Date | undefined): Date | undefined {
  return at && new Date(Math.floor(at.getTime() / 1000) * 1000);
}

/** Two applications nobody has seen before, each with one user's personal agent. */
function freshCast(): Cast {
  const clients = [0, 1].map(() => parseClientId(crypto.randomUUID()));
  const user = parseObjectId(crypto.randomUUID());
  return (app, isPersonal) => {
    const client = clients[app] ?? expect.unreachable();
    const userId = isPersonal ? user : undefined;
    const agent: Agent = {
      ...agentIdentity(client, userId),
      clientAuthorization: 'required',
      registeredAt: AT,
      expiresAt: LATER,
    };
    return { client, name: agentNameOf(client, userId), agent };
  };
}
