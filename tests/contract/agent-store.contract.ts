import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  agentIdentity,
  parseClientId,
  type Agent,
  type AgentStore,
  type AuditStore,
} from '../../core/index.ts';
import { agents, auditEvents, holds, instants } from '../support/arbitraries.ts';
import { asNewEvents, freshSessionId } from '../support/fresh-ids.ts';

export interface AgentStoreSubject {
  readonly agents: AgentStore;
  /** Where the agents' audit events go. */
  readonly audit: AuditStore;
  /** Over the same agents, but some calls fail, before their effect or after it. */
  readonly failingAtRandom: AgentStore;
  /** With nothing behind it; left out where a subject cannot break. */
  readonly broken?: AgentStore;
  readonly close: () => Promise<void>;
}

const audits = fc.array(auditEvents, { maxLength: 3 });
/** Few instants, so that some registrations are as new as each other. */
const registrationTimes = fc.array(
  fc.tuple(
    fc.oneof(fc.constant(new Date('2026-01-01T00:00:00.000Z')), instants),
    fc.oneof(fc.constant(3600), fc.integer({ min: 1, max: 3600 })),
    fc.constantFrom('required' as const, 'open' as const),
  ),
  { minLength: 1, maxLength: 6 },
);

/** Broken connections are slow ones. */
const SLOW = { numRuns: 30 };

/** What every AgentStore promises. An adapter's own test file is one call to this. */
export function describeAgentStore(adapter: string, open: () => Promise<AgentStoreSubject>): void {
  describe(`AgentStore contract: ${adapter}`, { timeout: 90_000 }, () => {
    let subject: AgentStoreSubject;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());

    it('finds an agent as it was registered, with the audit events of its registration', () =>
      holds(fc.tuple(agents, audits), async ([drawn, drawnAudit]) => {
        const agent = asNewAgent(drawn);
        const sessionId = freshSessionId();
        const audit = asNewEvents(drawnAudit, { sessionId });
        await subject.agents.register(agent, audit);
        expect(await subject.agents.find(agent.name)).toEqual(agent);
        expect(await idsOf(subject.audit, sessionId)).toEqual(audit.map(({ eventId }) => eventId));
      }));

    it('finds no agent that never registered', async () => {
      expect(await subject.agents.find(freshAgent().name)).toBeUndefined();
    });

    it('keeps the registration with the latest registeredAt, in whatever order they arrive', () =>
      holds(fc.tuple(registrationTimes, fc.boolean()), async ([times, concurrently]) => {
        const identity = freshAgent();
        const registrations = times.map(([registeredAt, ttlSeconds, clientAuthorization]): Agent => {
          const expiresAt = new Date(registeredAt.getTime() + ttlSeconds * 1000);
          return { ...identity, clientAuthorization, registeredAt, expiresAt };
        });
        if (concurrently) {
          await Promise.all(registrations.map((registration) => subject.agents.register(registration, [])));
        } else {
          for (const registration of registrations) {
            await subject.agents.register(registration, []);
          }
        }
        expect(await subject.agents.find(identity.name)).toEqual(newest(registrations));
      }));

    it('leaves neither registration nor event when an audit event is refused', () =>
      holds(fc.tuple(agents, auditEvents), async ([drawn, drawnEvent]) => {
        const sessionId = freshSessionId();
        const [event] = asNewEvents([drawnEvent], { sessionId });
        const twice = event === undefined ? [] : [event, event];
        const agent = asNewAgent(drawn);
        await expect(subject.agents.register(agent, twice)).rejects.toMatchObject({
          code: 'audit_unavailable',
        });
        expect(await subject.agents.find(agent.name)).toBeUndefined();
        expect(await subject.audit.listBySession(sessionId)).toEqual([]);
      }));

    it('shows a registration exactly when it shows its audit event, under concurrency and failure', () =>
      holds(
        fc.array(fc.tuple(agents, auditEvents), { minLength: 2, maxLength: 8 }),
        async (drawn) => {
          const registrations = drawn.map(([agent, event]) => {
            const sessionId = freshSessionId();
            return { agent: asNewAgent(agent), sessionId, audit: asNewEvents([event], { sessionId }) };
          });
          const outcomes = await Promise.allSettled(
            registrations.map(({ agent, audit }) => subject.failingAtRandom.register(agent, audit)),
          );
          for (const [index, { agent, sessionId }] of registrations.entries()) {
            const registered = (await subject.agents.find(agent.name)) !== undefined;
            expect((await subject.audit.listBySession(sessionId)).length).toBe(registered ? 1 : 0);
            expect(registered || outcomes[index]?.status === 'rejected').toBe(true);
          }
        },
        SLOW,
      ));

    it('rejects with audit_unavailable when it is broken', async ({ skip }) => {
      const { broken } = subject;
      if (broken === undefined) {
        return skip('this subject cannot break');
      }
      const agent = freshAgent();
      await expect(broken.register(agent, [])).rejects.toMatchObject({ code: 'audit_unavailable' });
      await expect(broken.find(agent.name)).rejects.toMatchObject({ code: 'audit_unavailable' });
    });
  });
}

async function idsOf(
  audit: AuditStore,
  session: ReturnType<typeof freshSessionId>,
): Promise<readonly string[]> {
  return (await audit.listBySession(session)).map(({ eventId }) => eventId);
}

/** Of two at the same instant the one that expires later. */
function newest(registrations: readonly Agent[]): Agent | undefined {
  return [...registrations]
    .sort(
      (a, b) =>
        a.registeredAt.getTime() - b.registeredAt.getTime() ||
        a.expiresAt.getTime() - b.expiresAt.getTime() ||
        a.clientAuthorization.localeCompare(b.clientAuthorization),
    )
    .at(-1);
}

function freshAgent(): Agent {
  const clientId = parseClientId(crypto.randomUUID());
  const registeredAt = new Date('2026-01-01T00:00:00.000Z');
  return {
    ...agentIdentity(clientId),
    clientAuthorization: 'required',
    registeredAt,
    expiresAt: new Date('2026-01-01T01:00:00.000Z'),
  };
}

/** The same registration of an agent no other run of a property has seen. */
function asNewAgent({ userId, clientAuthorization, registeredAt, expiresAt }: Agent): Agent {
  const { clientId } = freshAgent();
  return { ...agentIdentity(clientId, userId), clientAuthorization, registeredAt, expiresAt };
}
