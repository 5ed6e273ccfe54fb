import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  agentNameOf,
  ownerOf,
  type AuditEvent,
  type AuditRecord,
  type AuditStore,
  type Principal,
  type SessionId,
} from '../../core/index.ts';
import {
  auditEvents,
  auditEventsWith,
  clientIds,
  holds,
  outsideText,
  users,
} from '../support/arbitraries.ts';
import { asNewEvents, freshEventId, freshSessionId, freshUserId } from '../support/fresh-ids.ts';

export interface AuditStoreSubject {
  readonly audit: AuditStore;
  /** Over the same events, but some calls fail, before their effect or after it. */
  readonly failingAtRandom: AuditStore;
  /** With nothing behind it; left out where a subject cannot break. */
  readonly broken?: AuditStore;
  readonly close: () => Promise<void>;
}

const batches = fc.array(auditEvents, { minLength: 1, maxLength: 5 });

/** Broken connections are slow ones. */
const SLOW = { numRuns: 30 };

/** What every AuditStore promises. An adapter's own test file is one call to this. */
export function describeAuditStore(adapter: string, open: () => Promise<AuditStoreSubject>): void {
  describe(`AuditStore contract: ${adapter}`, { timeout: 90_000 }, () => {
    let subject: AuditStoreSubject;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());

    const idsOf = async (session: SessionId): Promise<readonly string[]> =>
      (await subject.audit.listBySession(session)).map(({ eventId }) => eventId);

    it('gives back every field of an event but the user, and never personal data', () =>
      holds(auditEvents, async (drawn) => {
        const sessionId = freshSessionId();
        const events = asNewEvents([drawn], { sessionId });
        await subject.audit.append(events);

        const records = await subject.audit.listBySession(sessionId);
        expect(records.map(withoutUsers)).toEqual(events.map(withoutUsers));
        for (const personal of personalDataOf(drawn)) {
          expect(JSON.stringify(records)).not.toContain(personal);
        }
      }));

    it('knows a user again by a reference that tells apart different users', () =>
      holds(fc.tuple(users, users), async (actors) => {
        const refs = await Promise.all(
          actors.map(async (actor) => {
            const sessionId = freshSessionId();
            await subject.audit.append(asNewEvents([denialBy(actor)], { sessionId }));
            return (await subject.audit.listBySession(sessionId))[0]?.actor?.userRef;
          }),
        );
        expect(refs.map((ref) => ref === undefined)).toEqual(
          actors.map(({ userId }) => userId === undefined),
        );
        expect(refs[0] === refs[1]).toBe(actors[0].userId === actors[1].userId);
      }));

    it("calls a personal agent by its user's reference, whoever acted, and any other by its name", () =>
      holds(fc.tuple(users, clientIds), async ([user, agent]) => {
        const userId = freshUserId();
        const sessionId = freshSessionId();
        const byItsUser = { ...denialBy({ ...user, userId }), agent: agentNameOf(agent, userId) };
        const byAnOperator = { ...denialBy(undefined), agent: agentNameOf(agent, userId) };
        const ofApplication = { ...denialBy(user), agent: agentNameOf(agent) };
        await subject.audit.append(asNewEvents([byItsUser, byAnOperator, ofApplication], { sessionId }));

        const records = await subject.audit.listBySession(sessionId);
        const personal = `${agent}.${records[0]?.actor?.userRef ?? expect.unreachable()}`;
        expect(records.map((record) => record.agent)).toEqual([personal, personal, agent]);
        expect(JSON.stringify(records)).not.toContain(userId);
      }));

    it('takes whatever text the outside sends', () =>
      holds(auditEventsWith(outsideText), async (drawn) => {
        const sessionId = freshSessionId();
        const events = asNewEvents([drawn], { sessionId });
        await subject.audit.append(events);
        expect(await idsOf(sessionId)).toEqual(events.map(({ eventId }) => eventId));
      }));

    it('lists the events of one session only, in the order they happened, however they arrived', () =>
      holds(fc.array(batches, { minLength: 1, maxLength: 4 }), async (drawn) => {
        const mine = freshSessionId();
        const other = freshSessionId();
        const appended = drawn.map((batch, index) =>
          asNewEvents(batch, { sessionId: index % 2 === 0 ? mine : other }),
        );
        await Promise.all(appended.map((batch) => subject.audit.append(batch)));
        for (const sessionId of [mine, other]) {
          const expected = appended.flat().filter((event) => event.sessionId === sessionId);
          expect(await idsOf(sessionId)).toEqual(expected.map(({ eventId }) => eventId).sort());
        }
      }));

    it('lists nothing for a session never seen, and appends nothing for nothing', async () => {
      await subject.audit.append([]);
      expect(await subject.audit.listBySession(freshSessionId())).toEqual([]);
    });

    it('uses an event id once: an append that repeats one is refused whole', () =>
      holds(fc.tuple(batches, batches), async ([first, second]) => {
        const sessionId = freshSessionId();
        const known = asNewEvents(first, { sessionId });
        const fresh = asNewEvents(second, { sessionId });
        await subject.audit.append(known);
        await expect(subject.audit.append([...fresh, ...known.slice(0, 1)])).rejects.toMatchObject({
          code: 'audit_unavailable',
        });
        await expect(subject.audit.append([...fresh, ...fresh.slice(-1)])).rejects.toMatchObject({
          code: 'audit_unavailable',
        });
        expect(await idsOf(sessionId)).toEqual(known.map(({ eventId }) => eventId));
      }));

    it('shows either all events of an append or none, under concurrency and failure', () =>
      holds(
        fc.array(batches, { minLength: 2, maxLength: 8 }),
        async (drawn) => {
          const appends = drawn.map((batch) => {
            const sessionId = freshSessionId();
            return { sessionId, events: asNewEvents(batch, { sessionId }) };
          });
          const outcomes = await Promise.allSettled(
            appends.map(({ events }) => subject.failingAtRandom.append(events)),
          );
          for (const [index, { sessionId, events }] of appends.entries()) {
            const stored = await idsOf(sessionId);
            const all = events.map(({ eventId }) => eventId);
            expect(outcomes[index]?.status === 'fulfilled' ? [all] : [all, []]).toContainEqual(stored);
          }
        },
        SLOW,
      ));

    it('rejects with audit_unavailable, and nothing of the event in the message, when it is broken', ({
      skip,
    }) => {
      const { broken } = subject;
      if (broken === undefined) {
        return skip('this subject cannot break');
      }
      return holds(
        auditEvents,
        async (event) => {
          const failure: unknown = await broken.append([event]).catch((error: unknown) => error);
          expect(failure).toMatchObject({ name: 'LkpsError', code: 'audit_unavailable' });
          await expect(broken.listBySession(freshSessionId())).rejects.toMatchObject({
            code: 'audit_unavailable',
          });
          for (const personal of personalDataOf(event)) {
            expect(String(failure)).not.toContain(personal);
          }
        },
        { numRuns: 5 },
      );
    });
  });
}

const DENIAL = { type: 'session.denied', outcome: 'denied', region: 'eu' } as const;

function denialBy(actor: Principal | undefined): AuditEvent {
  const occurredAt = new Date('2026-03-04T05:06:07.089Z');
  return { ...DENIAL, occurredAt, eventId: freshEventId(occurredAt), ...(actor && { actor }) };
}

/** What an event and its record have in common: all but users, and which user a personal agent is of. */
function withoutUsers({ actor, agent, ...event }: AuditEvent | AuditRecord): object {
  return {
    ...event,
    ...(actor && { actor: { kind: actor.kind, clientId: actor.clientId } }),
    ...(agent && { agent: agent.split('.')[0] }),
  };
}

function personalDataOf({ actor, agent }: AuditEvent): readonly string[] {
  const agentsUser = agent && ownerOf(agent).userId;
  const user = actor?.kind === 'user' ? [actor.userId, actor.email, actor.displayName] : [];
  return [agentsUser, ...user].filter((datum) => datum !== undefined);
}
