import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  agentNameOf,
  foldSession,
  parseClientId,
  parseObjectId,
  parseRoomSid,
  type AuditStore,
  type CutOffStore,
  type DescribeChange,
  type SessionFact,
  type SessionIntent,
  type SessionStore,
} from '../../core/index.ts';
import { holds, sessionIntents } from '../support/arbitraries.ts';
import { asNewSession, freshSessionId } from '../support/fresh-ids.ts';
import { changeEvent, impersonal, statusText } from '../support/session-changes.ts';

export interface SessionGrantsSubject {
  readonly sessions: SessionStore;
  readonly audit: AuditStore;
  /** Left out where nobody is ever cut off. */
  readonly cutOffs?: CutOffStore;
  readonly close: () => Promise<void>;
}

const AT = new Date('2026-06-07T08:09:10.011Z');
const life = { sid: parseRoomSid('RM_granted'), creationTimeMs: 1 };
const forbidden: DescribeChange = () => {
  throw new Error('described');
};

/** What every SessionStore promises of the moment a token is about to leave. */
export function describeSessionGrants(adapter: string, open: () => Promise<SessionGrantsSubject>): void {
  describe(`SessionStore contract, grants: ${adapter}`, { timeout: 90_000 }, () => {
    let subject: SessionGrantsSubject;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());

    const opened = async (drawn: SessionIntent): Promise<SessionIntent> => {
      const intent = asNewSession(drawn);
      await subject.sessions.open(intent, []);
      return intent;
    };

    it('records a grant as facts, once, with what the change is worth', () =>
      holds(sessionIntents, async (drawn) => {
        const intent = await opened(drawn);
        const facts = grantFacts(intent);
        const describeChange: DescribeChange = (before, after) => [changeEvent(intent, before, after)];
        expect(await subject.sessions.grant(intent.sessionId, facts, describeChange)).toBe('applied');
        expect(await subject.sessions.grant(intent.sessionId, facts, forbidden)).toBe('already_known');
        const status = foldSession(intent, facts);
        expect(await subject.sessions.find({ room: intent.room })).toEqual({
          intent: impersonal(intent),
          ...status,
        });
        const trail = await subject.audit.listBySession(intent.sessionId);
        expect(trail.map(({ details }) => details?.['to'])).toEqual([statusText(status)]);
      }));

    it('grants nothing for a session it does not know', async () => {
      const [drawn] = fc.sample(sessionIntents, 1);
      const facts = grantFacts(drawn ?? expect.unreachable());
      expect(await subject.sessions.grant(freshSessionId(), facts, forbidden)).toBe('unknown_session');
    });

    it('refuses a session that is over, whatever ended it, and records nothing of it', () =>
      holds(fc.tuple(sessionIntents, fc.constantFrom(...ENDS)), async ([drawn, end]) => {
        const intent = await opened(drawn);
        await subject.sessions.record({ room: intent.room }, [end], () => []);
        const before = await subject.sessions.find({ room: intent.room });
        const outcome = await subject.sessions.grant(intent.sessionId, grantFacts(intent), forbidden);
        expect(outcome).toBe('session_over');
        expect(await subject.sessions.find({ room: intent.room })).toEqual(before);
      }));

    it('refuses while the agent is revoked or the client blocked, and records nothing of it', async ({
      skip,
    }) => {
      const { cutOffs } = subject;
      if (cutOffs === undefined) {
        return skip('this subject cuts nobody off');
      }
      await holds(sessionIntents, async (drawn) => {
        const intent = await opened(withFreshParties(drawn));
        const { sessionId, agent, caller } = intent;
        const facts = grantFacts(intent);
        const before = await subject.sessions.find({ sessionId });
        await cutOffs.revokeAgent(agent, { at: AT }, []);
        await cutOffs.blockClient(caller.clientId, { at: AT }, []);
        expect(await subject.sessions.grant(sessionId, facts, forbidden)).toBe('agent_revoked');
        await cutOffs.restoreAgent(agent, []);
        expect(await subject.sessions.grant(sessionId, facts, forbidden)).toBe('client_blocked');
        await cutOffs.unblockClient(caller.clientId, []);
        expect(await subject.sessions.find({ sessionId })).toEqual(before);
        expect(await subject.sessions.grant(sessionId, facts, () => [])).toBe('applied');
      });
    });

    it('refuses a personal agent whose application is revoked', async ({ skip }) => {
      const { cutOffs } = subject;
      if (cutOffs === undefined) {
        return skip('this subject cuts nobody off');
      }
      await holds(fc.tuple(sessionIntents, fc.uuid()), async ([drawn, user]) => {
        const fresh = withFreshParties(drawn);
        const personal = agentNameOf(fresh.agentClientId, parseObjectId(user));
        const intent = await opened({ ...fresh, agent: personal });
        await cutOffs.revokeAgent(fresh.agent, { at: AT }, []);
        const outcome = await subject.sessions.grant(intent.sessionId, grantFacts(intent), forbidden);
        expect(outcome).toBe('agent_revoked');
      });
    });
  });
}

const ENDS: readonly SessionFact[] = [
  { factId: 'EV_over', kind: 'room_finished', at: AT, life },
  { factId: 'failed', kind: 'start_failed', at: AT, reason: 'livekit_unavailable' },
  { factId: 'cut', kind: 'session_cut', at: AT, reason: 'revoked' },
  { factId: 'cut', kind: 'session_cut', at: AT, reason: 'limit' },
];

function grantFacts({ sessionId }: SessionIntent): readonly SessionFact[] {
  return [
    { factId: `created:${sessionId}`, kind: 'room_created', at: AT, life },
    { factId: `granted:${sessionId}`, kind: 'token_granted', at: AT },
  ];
}

/** Of an agent and a client that no other run of a property cuts off. */
function withFreshParties(intent: SessionIntent): SessionIntent {
  const agentClientId = parseClientId(crypto.randomUUID());
  const caller = { ...intent.caller, clientId: parseClientId(crypto.randomUUID()) };
  return { ...intent, agentClientId, agent: agentNameOf(agentClientId), caller };
}
