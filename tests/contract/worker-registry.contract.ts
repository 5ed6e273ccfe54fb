import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  parseConnectionId,
  type AgentName,
  type AgentStore,
  type AuditStore,
  type CutOffStore,
  type WorkerConnection,
  type WorkerDue,
  type WorkerPass,
  type WorkerRegistry,
} from '../../core/index.ts';
import { auditEvents, holds } from '../support/arbitraries.ts';
import { asNewEvents, freshSessionId } from '../support/fresh-ids.ts';
import {
  freshAgent,
  freshAgents,
  freshConnection,
  freshGateway,
  freshPass,
  inSeconds,
} from '../support/worker-cast.ts';
import { itKnowsWhoIsOnline, type WorkerPresenceSubject } from './worker-presence.contract.ts';

export interface WorkerRegistrySubject extends WorkerPresenceSubject {
  /** Where the agents of these workers register. */
  readonly agents: AgentStore;
  readonly cutOffs: CutOffStore;
  /** Where its audit events go. */
  readonly audit: AuditStore;
  /** Over the same, but some calls fail, before their effect or after it. */
  readonly failingAtRandom: WorkerRegistry;
  /** With nothing behind it; left out where a subject cannot break. */
  readonly broken?: WorkerRegistry;
  readonly close: () => Promise<void>;
}

const unavailable = { code: 'audit_unavailable' };
/** Broken connections are slow ones. */
const SLOW = { numRuns: 15 };

const steps = fc.array(
  fc.record({
    act: fc.constantFrom('admit', 'admit', 'admit', 'register', 'register', 'revoke', 'restore'),
    who: fc.nat(3),
    token: fc.nat(1),
    /** Of a registration: a bit before its agent's tokens expire, with them, or after. */
    expiresAt: fc.constantFrom(3599, 3600, 3600.001).map(inSeconds),
  }),
  { minLength: 4, maxLength: 16 },
);

/** What every WorkerRegistry promises. An adapter's own test file is one call to this. */
export function describeWorkerRegistry(adapter: string, open: () => Promise<WorkerRegistrySubject>): void {
  describe(`WorkerRegistry contract: ${adapter}`, { timeout: 90_000 }, () => {
    let subject: WorkerRegistrySubject;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());

    it('says who has to go as a plain ledger of connections, revocations and registrations does', async () => {
      const seen = new Set<WorkerDue | undefined>();
      await holds(
        steps,
        async (drawn) => {
          const cast = freshAgents();
          const passes = cast.map(({ name }) => [passOf(name, 0), passOf(name, 6)]);
          const ledger = new Ledger();
          for (const [second, { act, who, token, expiresAt }] of drawn.entries()) {
            const { agent, name } = cast[who] ?? expect.unreachable();
            const at = inSeconds(second);
            const worker = freshConnection(passes[who]?.[token]);
            const registration = { ...agent, registeredAt: at, expiresAt };
            switch (act) {
              case 'admit':
                await subject.workers.admit(worker, []);
                ledger.admitted.push(worker);
                break;
              case 'register':
                if ((await subject.agents.register(registration, [])) === 'registered') {
                  ledger.expiries.set(name, expiresAt.getTime());
                }
                break;
              case 'revoke':
                await subject.cutOffs.revokeAgent(name, { at }, []);
                ledger.revoked.set(name, ledger.revoked.get(name) ?? at);
                break;
              case 'restore':
                await subject.cutOffs.restoreAgent(name, []);
                ledger.restored.push([name, ledger.revoked.get(name)]);
                ledger.revoked.delete(name);
                break;
            }
          }
          const expected = ledger.admitted.map((worker) => {
            const { application } =
              cast.find(({ name }) => name === worker.pass.agent) ?? expect.unreachable();
            const due = ledger.dueOf(worker, application);
            seen.add(due);
            return due === undefined ? [] : [[worker.connectionId, due] as const];
          });
          expect(await subject.workers.due(ledger.admitted)).toEqual(new Map(expected.flat()));
        },
        { numRuns: 50 },
      );
      expect(seen.size).toBe(4); // each of the reasons, and none
    });

    it('finds those whose agent, or its application, was cut off and restored since their token was issued', async () => {
      const { name, application } = freshAgents()[1] ?? expect.unreachable();
      const issued = (at: number, agent = name): WorkerConnection => freshConnection(passOf(agent, at));
      const [first, second, third, ofApplication] = [issued(4), issued(5), issued(6), issued(4, application)];
      for (const [agent, at, gone] of [
        [name, 5.9, [first]],
        [application, 6.9, [first, second, ofApplication]],
      ] as const) {
        await subject.cutOffs.revokeAgent(agent, { at: inSeconds(at) }, []);
        await subject.cutOffs.restoreAgent(agent, []);
        expect(await subject.workers.due([first, second, third, ofApplication])).toEqual(
          new Map(gone.map(({ connectionId }) => [connectionId, 'agent_revoked'])),
        );
      }
    });

    it('leaves one of the connections of a token that come at the same time, and then the one that comes last', async () => {
      for (let round = 0; round < 5; round += 1) {
        const pass = freshPass(freshAgent().name);
        const rivals = Array.from({ length: 10 }, () => freshConnection(pass));
        await Promise.all(rivals.map((worker) => subject.workers.admit(worker, [])));
        const due = await subject.workers.due(rivals);
        expect([...due.values()]).toEqual(Array.from({ length: 9 }, () => 'replaced'));
        const last = freshConnection(pass);
        await subject.workers.admit(last, []);
        const dueThen = await subject.workers.due([...rivals, last]);
        expect(dueThen).toEqual(new Map(rivals.map(({ connectionId }) => [connectionId, 'replaced'])));
      }
    });

    it('finds the few that have to go among thousands', async () => {
      const crowd = Array.from({ length: 2_000 }, () => freshConnection());
      const renewing = freshAgent();
      const renewed = freshConnection(freshPass(renewing.name));
      const [replaced, cutOff] = [freshConnection(), freshConnection()];
      const rival = { ...replaced, connectionId: parseConnectionId(crypto.randomUUID()) };
      await subject.workers.admit(rival, []);
      await subject.cutOffs.revokeAgent(cutOff.pass.agent, { at: inSeconds(1) }, []);
      await subject.agents.register({ ...renewing, expiresAt: inSeconds(7200) }, []);
      expect(await subject.workers.due([replaced, ...crowd, cutOff, renewed])).toEqual(
        new Map([
          [replaced.connectionId, 'replaced'],
          [cutOff.connectionId, 'agent_revoked'],
          [renewed.connectionId, 'renewed'],
        ]),
      );
      expect(await subject.workers.due([])).toEqual(new Map());
    });

    it('admits nobody when an audit event is refused', () =>
      holds(
        auditEvents,
        async (drawn) => {
          const worker = freshConnection();
          const sessionId = freshSessionId();
          const audit = asNewEvents([drawn], { sessionId });
          const asked = subject.workers.admit(worker, [...audit, ...audit]);
          await expect(asked).rejects.toMatchObject(unavailable);
          expect(await hasConnection(worker.pass)).toBe(false);
          expect(await subject.audit.listBySession(sessionId)).toEqual([]);
        },
        SLOW,
      ));

    it('shows a connection exactly when it shows its audit events, under failure', () =>
      holds(
        fc.array(auditEvents, { minLength: 2, maxLength: 8 }),
        async (drawn) => {
          const arrivals = drawn.map((event) => {
            const sessionId = freshSessionId();
            return { worker: freshConnection(), sessionId, audit: asNewEvents([event], { sessionId }) };
          });
          const outcomes = await Promise.allSettled(
            arrivals.map(({ worker, audit }) => subject.failingAtRandom.admit(worker, audit)),
          );
          for (const [index, { worker, sessionId }] of arrivals.entries()) {
            const isThere = await hasConnection(worker.pass);
            expect((await subject.audit.listBySession(sessionId)).length).toBe(isThere ? 1 : 0);
            expect(isThere || outcomes[index]?.status === 'rejected').toBe(true);
          }
        },
        SLOW,
      ));

    itKnowsWhoIsOnline(() => subject);

    it('rejects with audit_unavailable when it is broken', async ({ skip }) => {
      const { broken } = subject;
      if (broken === undefined) {
        return skip('this subject cannot break');
      }
      const worker = freshConnection();
      const calls = [
        broken.admit(worker, []),
        broken.due([worker]),
        broken.announce(freshGateway(), [worker.pass.agent]),
        broken.isOnline(worker.pass.agent),
      ];
      for (const call of await Promise.allSettled(calls)) {
        expect(call).toMatchObject({ status: 'rejected', reason: unavailable });
      }
    });

    /** One that comes with the same token finds out. */
    async function hasConnection(pass: WorkerPass): Promise<boolean> {
      return (await subject.workers.due([freshConnection(pass)])).size > 0;
    }
  });
}

function passOf(agent: AgentName, second: number): WorkerPass {
  return { ...freshPass(agent), issuedAt: inSeconds(second) };
}

/** What happened, as plain lists, and what follows from it. */
class Ledger {
  readonly admitted: WorkerConnection[] = [];
  readonly revoked = new Map<AgentName, Date>();
  /** After a revocation at that time, where there was one. */
  readonly restored: (readonly [AgentName, Date | undefined])[] = [];
  /** In milliseconds, of the newest registration. */
  readonly expiries = new Map<AgentName, number>();

  dueOf(worker: WorkerConnection, application: AgentName): WorkerDue | undefined {
    const { agent, expiresAt } = worker.pass;
    if (this.admitted.findLast(({ pass }) => pass === worker.pass) !== worker) {
      return 'replaced';
    }
    if (this.revoked.has(agent) || this.revoked.has(application) || this.#isVoid(worker, application)) {
      return 'agent_revoked';
    }
    return (this.expiries.get(agent) ?? 0) > expiresAt.getTime() ? 'renewed' : undefined;
  }

  #isVoid({ pass }: WorkerConnection, application: AgentName): boolean {
    return this.restored.some(
      ([name, at]) => (name === pass.agent || name === application) && at !== undefined && pass.issuedAt < at,
    );
  }
}
