import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  foldSession,
  parseRoomSid,
  type AuditStore,
  type DescribeChange,
  type SessionIntent,
  type SessionKey,
  type SessionStore,
} from '../../core/index.ts';
import { auditEvents, holds, outsideText, sessionIntents } from '../support/arbitraries.ts';
import { asNewEvents, asNewSession, freshSessionId } from '../support/fresh-ids.ts';
import { ownFacts, sessionLives } from '../support/session-arbitraries.ts';
import { changeEvent, impersonal, statusText } from '../support/session-changes.ts';
import { describeOpenSessions } from './open-sessions.contract.ts';

export interface SessionStoreSubject {
  readonly sessions: SessionStore;
  /** Where the sessions' audit events go. */
  readonly audit: AuditStore;
  /** Over the same sessions, but some calls fail, before their effect or after it. */
  readonly failingAtRandom: SessionStore;
  /** Left out where a subject cannot break. */
  readonly broken?: SessionStore;
  readonly close: () => Promise<void>;
}

const unavailable = { code: 'audit_unavailable' };
const nothing: DescribeChange = () => [];
const LATER = new Date('2026-06-07T08:09:10.011Z');
const OTHER_LIFE = { sid: parseRoomSid('RM_other'), creationTimeMs: 1 };

/** Broken connections are slow ones. */
const SLOW = { numRuns: 30 };

/** What every SessionStore promises. An adapter's own test file is one call to this. */
export function describeSessionStore(adapter: string, open: () => Promise<SessionStoreSubject>): void {
  describeOpenSessions(adapter, open);
  describe(`SessionStore contract: ${adapter}`, { timeout: 90_000 }, () => {
    let subject: SessionStoreSubject;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());

    const opened = async (drawn: SessionIntent): Promise<SessionIntent> => {
      const intent = asNewSession(drawn);
      await subject.sessions.open(intent, []);
      return intent;
    };
    const auditOf = ({ sessionId }: SessionIntent): ReturnType<AuditStore['listBySession']> =>
      subject.audit.listBySession(sessionId);

    it('finds an opened session by its id and by its room, starting, without e-mail and name', () =>
      holds(
        fc.tuple(sessionIntents, fc.array(auditEvents, { maxLength: 3 })),
        async ([drawn, drawnAudit]) => {
          const intent = asNewSession(drawn);
          const audit = asNewEvents(drawnAudit, { sessionId: intent.sessionId });
          await subject.sessions.open(intent, audit);
          const expected = { intent: impersonal(intent), state: 'starting', agentPresence: 'pending' };
          expect(await subject.sessions.find({ sessionId: intent.sessionId })).toEqual(expected);
          expect(await subject.sessions.find({ room: intent.room })).toEqual(expected);
          expect((await auditOf(intent)).map(({ eventId }) => eventId)).toEqual(
            audit.map(({ eventId }) => eventId),
          );
        },
      ));

    it('opens a session, and a room, once; a second opening leaves no audit event', () =>
      holds(
        fc.tuple(sessionIntents, sessionIntents, auditEvents),
        async ([drawn, drawnOther, drawnEvent]) => {
          const intent = await opened(drawn);
          const other = asNewSession(drawnOther);
          const audit = asNewEvents([drawnEvent], { sessionId: intent.sessionId });
          const sameId = { ...other, sessionId: intent.sessionId };
          const sameRoom = { ...other, room: intent.room };
          await expect(subject.sessions.open(sameId, audit)).rejects.toMatchObject(unavailable);
          await expect(subject.sessions.open(sameRoom, audit)).rejects.toMatchObject(unavailable);
          expect(await auditOf(intent)).toEqual([]);
          expect(await subject.sessions.find({ sessionId: other.sessionId })).toBeUndefined();
          expect(await subject.sessions.find({ room: other.room })).toBeUndefined();
        },
      ));

    it('leaves no session when an audit event of its opening is refused', () =>
      holds(fc.tuple(sessionIntents, auditEvents), async ([drawn, drawnEvent]) => {
        const intent = asNewSession(drawn);
        const audit = asNewEvents([drawnEvent], { sessionId: intent.sessionId });
        await expect(subject.sessions.open(intent, [...audit, ...audit])).rejects.toMatchObject(unavailable);
        expect(await subject.sessions.find({ sessionId: intent.sessionId })).toBeUndefined();
        expect(await auditOf(intent)).toEqual([]);
      }));

    it('comes to the fold of its facts, in any permutation, duplication and interleaving of them', () =>
      holds(sessionLives(), async ({ intent: drawn, facts, deliveries }) => {
        const intent = await opened(drawn);
        const outcomes = await Promise.all(
          deliveries.map((batch, index) =>
            subject.sessions.record(keyOf(intent, index), ownFacts(batch, intent), nothing),
          ),
        );
        const expected = { intent: impersonal(intent), ...foldSession(intent, facts) };
        expect(await subject.sessions.find({ sessionId: intent.sessionId })).toEqual(expected);
        expect(outcomes).not.toContain('unknown_session');
      }));

    it('describes one change at a time, each from where the last one led to', () =>
      holds(sessionLives(), async ({ intent: drawn, facts, deliveries }) => {
        const intent = await opened(drawn);
        const outcomes = await Promise.all(
          deliveries.map((batch) =>
            subject.sessions.record({ room: intent.room }, ownFacts(batch, intent), (before, after) => [
              changeEvent(intent, before, after),
            ]),
          ),
        );
        const changes = (await auditOf(intent)).map(({ details }) => details);
        expect(changes.length).toBe(outcomes.filter((outcome) => outcome === 'applied').length);
        const passed = [statusText(foldSession(intent, [])), ...changes.map((details) => details?.['to'])];
        expect(changes.map((details) => details?.['from'])).toEqual(passed.slice(0, -1));
        expect(passed.at(-1)).toBe(statusText(foldSession(intent, facts)));
      }));

    it('knows a fact by its id: a call that brings none that is new changes and describes nothing', () =>
      holds(sessionLives(), async ({ intent: drawn, facts }) => {
        const intent = await opened(drawn);
        const key = { sessionId: intent.sessionId };
        const own = ownFacts(facts, intent);
        expect(await subject.sessions.record(key, [...own, ...own], nothing)).toBe('applied');
        const before = await subject.sessions.find(key);
        const forbidden: DescribeChange = () => {
          throw new Error('described');
        };
        expect(await subject.sessions.record(key, own, forbidden)).toBe('already_known');
        expect(await subject.sessions.record(key, [], forbidden)).toBe('already_known');
        const another = {
          kind: 'room_finished',
          factId: own[0]?.factId ?? '',
          at: LATER,
          life: OTHER_LIFE,
        } as const;
        expect(await subject.sessions.record(key, [another], forbidden)).toBe('already_known');
        expect(await subject.sessions.find(key)).toEqual(before);
        const fresh = { kind: 'token_granted', factId: `${intent.sessionId} fresh`, at: LATER } as const;
        expect(await subject.sessions.record(key, [another, fresh], nothing)).toBe('applied');
        const after = { intent: impersonal(intent), ...foldSession(intent, [...own, fresh]) };
        expect(await subject.sessions.find(key)).toEqual(after);
      }));

    it('does nothing for a session it does not know', () =>
      holds(sessionLives(), async ({ intent, facts }) => {
        const { sessionId, room } = asNewSession(intent);
        let described = 0;
        const count: DescribeChange = () => {
          described += 1;
          return [];
        };
        expect(await subject.sessions.record({ sessionId }, facts, count)).toBe('unknown_session');
        expect(await subject.sessions.record({ room }, facts, count)).toBe('unknown_session');
        expect(described).toBe(0);
        expect(await subject.sessions.find({ room })).toBeUndefined();
      }));

    it('leaves nothing of a change that cannot be described or whose events are refused', () =>
      holds(sessionLives(), async ({ intent: drawn, facts }) => {
        const intent = await opened(drawn);
        const key = { room: intent.room };
        const own = ownFacts(facts, intent);
        const before = await subject.sessions.find(key);
        const throwing: DescribeChange = () => {
          throw new RangeError('no words');
        };
        await expect(subject.sessions.record(key, own, throwing)).rejects.toMatchObject({
          name: 'LkpsError',
        });
        const twice: DescribeChange = (from, to) => {
          const event = changeEvent(intent, from, to);
          return [event, event];
        };
        await expect(subject.sessions.record(key, own, twice)).rejects.toMatchObject(unavailable);
        expect(await subject.sessions.find(key)).toEqual(before);
        expect(await auditOf(intent)).toEqual([]);
        expect(await subject.sessions.record(key, own, nothing)).toBe('applied');
      }));

    it('shows facts exactly when it shows what was described of them, under concurrency and failure', () =>
      holds(
        sessionLives(),
        async ({ intent: drawn, facts }) => {
          const intent = await opened(drawn);
          const own = ownFacts(facts, intent);
          const key = { sessionId: intent.sessionId };
          const outcomes = await Promise.allSettled(
            own.map((fact) =>
              subject.failingAtRandom.record(key, [fact], (before, after) => [
                { ...changeEvent(intent, before, after), reason: fact.factId },
              ]),
            ),
          );
          const described = new Set((await auditOf(intent)).map(({ reason }) => reason));
          for (const [index, fact] of own.entries()) {
            const known = (await subject.sessions.record(key, [fact], nothing)) === 'already_known';
            expect(described.has(fact.factId)).toBe(known);
            expect(known || outcomes[index]?.status === 'rejected').toBe(true);
          }
        },
        SLOW,
      ));

    it('takes whatever text LiveKit reports of strangers', () =>
      holds(sessionLives(outsideText), async ({ intent: drawn, facts }) => {
        const intent = await opened(drawn);
        const own = ownFacts(facts, intent);
        expect(await subject.sessions.record({ room: intent.room }, own, nothing)).toBe('applied');
        const session = await subject.sessions.find({ room: intent.room });
        expect(session).toEqual({ intent: impersonal(intent), ...foldSession(intent, own) });
      }));

    it('takes fact ids of any length and kind, and still tells them apart', async () => {
      const [drawn] = fc.sample(sessionIntents, 1);
      const intent = await opened(drawn ?? expect.unreachable());
      for (const factId of ['', '\0', 'x'.repeat(10_000), `${'x'.repeat(10_000)}y`]) {
        const fact = { kind: 'token_granted', factId, at: LATER } as const;
        expect(await subject.sessions.record({ room: intent.room }, [fact], nothing)).toBe('applied');
        expect(await subject.sessions.record({ room: intent.room }, [fact], nothing)).toBe('already_known');
      }
    });

    it('rejects with audit_unavailable when it is broken', async ({ skip }) => {
      const { broken } = subject;
      if (broken === undefined) {
        return skip('this subject cannot break');
      }
      const [intent = expect.unreachable()] = fc.sample(sessionIntents, 1);
      const key = { sessionId: freshSessionId() };
      await expect(broken.open(asNewSession(intent), [])).rejects.toMatchObject(unavailable);
      await expect(broken.record(key, [], nothing)).rejects.toMatchObject(unavailable);
      await expect(broken.find(key)).rejects.toMatchObject(unavailable);
    });
  });
}

/** By id and by room in turn: both name the same session. */
function keyOf({ sessionId, room }: SessionIntent, call: number): SessionKey {
  return call % 2 === 0 ? { sessionId } : { room };
}
