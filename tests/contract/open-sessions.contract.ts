import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  parseClientId,
  type AuditStore,
  type ClientId,
  type SessionIntent,
  type SessionStore,
} from '../../core/index.ts';
import { auditEvents, holds, sessionIntents } from '../support/arbitraries.ts';
import { asNewEvents, asNewSession } from '../support/fresh-ids.ts';

interface OpenSessionsSubject {
  readonly sessions: SessionStore;
  readonly audit: AuditStore;
  readonly close: () => Promise<void>;
}

const NOW = new Date('2026-01-15T12:00:00.000Z');
const SINCE = new Date('2026-01-15T00:00:00.000Z');

/** Part of the SessionStore contract: what it promises of the sessions one client may have open. */
export function describeOpenSessions(adapter: string, open: () => Promise<OpenSessionsSubject>): void {
  describe(`SessionStore contract, open sessions: ${adapter}`, { timeout: 90_000 }, () => {
    let subject: OpenSessionsSubject;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());

    const someIntent = (client: ClientId, requestedAt = NOW): SessionIntent => {
      const [drawn] = fc.sample(sessionIntents, 1);
      const intent = asNewSession(drawn ?? expect.unreachable());
      return { ...intent, requestedAt, caller: { kind: 'application', clientId: client } };
    };
    const openOne = (client: ClientId, maxOpen: number): Promise<'opened' | 'too_many_open'> =>
      subject.sessions.open(someIntent(client), [], { maxOpen, since: SINCE });

    it('opens exactly as many as the limit lets it, however many are opened at once', () =>
      holds(
        fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 8 })),
        async ([maxOpen, asked]) => {
          const client = freshClient();
          const outcomes = await Promise.all(Array.from({ length: asked }, () => openOne(client, maxOpen)));
          const opened = outcomes.filter((outcome) => outcome === 'opened').length;
          expect(opened).toBe(Math.min(maxOpen, asked));
        },
        { numRuns: 25 },
      ));

    it('leaves nothing of the one that is too many', async () => {
      const client = freshClient();
      await openOne(client, 1);
      const intent = someIntent(client);
      const audit = asNewEvents(fc.sample(auditEvents, 1), { sessionId: intent.sessionId });
      const outcome = await subject.sessions.open(intent, audit, { maxOpen: 1, since: SINCE });
      expect(outcome).toBe('too_many_open');
      expect(await subject.sessions.find({ sessionId: intent.sessionId })).toBeUndefined();
      expect(await subject.audit.listBySession(intent.sessionId)).toEqual([]);
    });

    it('counts those of this client only, and none that is over', async () => {
      const [client, another] = [freshClient(), freshClient()];
      const first = someIntent(client);
      const limit = { maxOpen: 1, since: SINCE };
      await subject.sessions.open(first, [], limit);
      expect(await openOne(another, 1)).toBe('opened');
      expect(await openOne(client, 1)).toBe('too_many_open');
      const fact = {
        factId: `failed:${first.sessionId}`,
        kind: 'start_failed',
        at: NOW,
        reason: 'x',
      } as const;
      await subject.sessions.record({ sessionId: first.sessionId }, [fact], () => []);
      expect(await openOne(client, 1)).toBe('opened');
    });

    it('counts none that was asked for too long ago', async () => {
      const client = freshClient();
      const limit = { maxOpen: 1, since: SINCE };
      await subject.sessions.open(someIntent(client, new Date(SINCE.getTime() - 1)), [], limit);
      expect(await openOne(client, 1)).toBe('opened');
      expect(await openOne(client, 1)).toBe('too_many_open');
    });
  });
}

function freshClient(): ClientId {
  return parseClientId(crypto.randomUUID());
}
