import { describe, expect, it } from 'vitest';
import { foldSession, parseParticipantIdentity, parseRoomSid, type SessionStatus } from '../../core/index.ts';
import { ADA, AGENT_NAME } from '../support/platform-cast.ts';
import { SessionScript } from '../support/platform-session-script.ts';

const expected = { identity: parseParticipantIdentity(`user-${ADA}`), agent: AGENT_NAME };
const ours = { sid: parseRoomSid('RM_ours'), creationTimeMs: 2_000 };
const other = { sid: parseRoomSid('RM_other'), creationTimeMs: 1_000 };

function statusOf(write: (script: SessionScript) => SessionScript): SessionStatus {
  return foldSession(expected, write(new SessionScript(expected, ours)).facts);
}

describe('a session without trouble', () => {
  it('starts without a fact', () => {
    expect(statusOf((s) => s)).toStrictEqual({ state: 'starting', agentPresence: 'pending' });
  });

  it('is created by the answer of CreateRoom, and granting adds nothing to that', () => {
    const created = { state: 'created', roomSid: ours.sid, agentPresence: 'pending' };
    expect(statusOf((s) => s.created())).toStrictEqual(created);
    expect(statusOf((s) => s.created().granted())).toStrictEqual(created);
  });

  it('is active once its participant joined, and ended when the room is', () => {
    const joined = (s: SessionScript): SessionScript =>
      s.created().granted().started().agentJoins('PA_a').joins('PA_u');
    expect(statusOf(joined)).toMatchObject({ state: 'active', agentPresence: 'joined' });
    expect(statusOf((s) => joined(s).leaves('PA_u').agentLeaves('PA_a').finished())).toStrictEqual({
      state: 'ended',
      roomSid: ours.sid,
      endReason: 'completed',
      agentPresence: 'left',
    });
  });
});

describe('the ruling life of a room', () => {
  it('is the one CreateRoom answered with, even when another was there before it', () => {
    expect(statusOf((s) => s.in(other).started().joins('PA_u').finished().in(ours).created())).toStrictEqual({
      state: 'created',
      roomSid: ours.sid,
      agentPresence: 'pending',
    });
  });

  it('is the earliest seen while CreateRoom has no answer, whichever is heard of first', () => {
    const first = statusOf((s) => s.started().in(other).started().joins('PA_u'));
    const second = statusOf((s) => s.in(other).started().joins('PA_u').in(ours).started());
    expect(first).toMatchObject({ roomSid: other.sid, state: 'active' });
    expect(second).toStrictEqual(first);
  });

  it('decides: what another SID reports neither ends the session nor brings its agent', () => {
    const status = statusOf((s) => s.created().in(other).agentJoins('PA_a').joins('PA_u').finished());
    expect(status).toStrictEqual({ state: 'created', roomSid: ours.sid, agentPresence: 'pending' });
  });

  it('is told apart by sid where two were created in the same millisecond', () => {
    const twin = { sid: parseRoomSid('RM_z'), creationTimeMs: ours.creationTimeMs };
    expect(statusOf((s) => s.in(twin).started().in(ours).started()).roomSid).toBe(ours.sid);
    expect(statusOf((s) => s.started().in(twin).started()).roomSid).toBe(ours.sid);
  });
});

describe('the state of a session', () => {
  it('stays ended when room_finished overtakes participant_joined, and remembers that somebody came', () => {
    expect(statusOf((s) => s.created().finished().joins('PA_u'))).toMatchObject({
      state: 'ended',
      endReason: 'completed',
    });
  });

  it('stays active when an older participant sid leaves after a reconnect', () => {
    expect(statusOf((s) => s.created().joins('PA_1').joins('PA_2').leaves('PA_1')).state).toBe('active');
    expect(statusOf((s) => s.created().joins('PA_2').leaves('PA_1')).state).toBe('active');
  });

  it('stays active when the participant leaves: only the end of the room ends it', () => {
    expect(statusOf((s) => s.created().joins('PA_u').leaves('PA_u')).state).toBe('active');
  });

  it('takes a leave of the participant for a join that was lost', () => {
    expect(statusOf((s) => s.created().leaves('PA_u')).state).toBe('active');
    expect(statusOf((s) => s.created().leaves('PA_u').finished()).endReason).toBe('completed');
  });

  it('goes by the identity of who joined, never by its kind: a guest of any kind starts nothing', () => {
    expect(statusOf((s) => s.created().strangerJoins('PA_x', 'user-somebody')).state).toBe('created');
    expect(statusOf((s) => s.created().agentJoins('PA_a')).state).toBe('created');
  });

  it('takes no agent for the participant whose name it bears, nor the participant for its agent', () => {
    const status = statusOf((s) => s.created().joinsAs('PA_u', { agentName: AGENT_NAME }));
    expect(status).toMatchObject({ state: 'created', agentPresence: 'pending' });
    expect(statusOf((s) => s.created().joinsAs('PA_u', { agentName: '' })).state).toBe('created');
  });

  it('is not active for a connection that was aborted', () => {
    expect(statusOf((s) => s.created().aborts('PA_u'))).toMatchObject({ state: 'created' });
    expect(statusOf((s) => s.created().aborts('PA_u').finished()).endReason).toBe('nobody_came');
  });

  it('ends with nobody_came when only the agent was there', () => {
    const status = statusOf((s) => s.created().agentJoins('PA_a').agentLeaves('PA_a').finished());
    expect(status).toMatchObject({ state: 'ended', endReason: 'nobody_came' });
  });

  it('is failed, above all else, when the start failed and no token left', () => {
    expect(statusOf((s) => s.failed())).toStrictEqual({ state: 'failed', agentPresence: 'pending' });
    expect(statusOf((s) => s.failed().started().finished())).toStrictEqual({
      state: 'failed',
      roomSid: ours.sid,
      agentPresence: 'pending',
    });
  });

  it('is never failed once a token was granted', () => {
    expect(statusOf((s) => s.created().granted().failed()).state).toBe('created');
    expect(statusOf((s) => s.failed().granted().created().joins('PA_u')).state).toBe('active');
    expect(statusOf((s) => s.failed().granted()).state).toBe('starting');
  });

  it('is ended by a cut, and what LiveKit then says of the room changes nothing of why', () => {
    expect(statusOf((s) => s.cut())).toStrictEqual({
      state: 'ended',
      endReason: 'revoked',
      agentPresence: 'pending',
    });
    const cut = (s: SessionScript): SessionScript =>
      s.created().joins('PA_u').cut('limit').leaves('PA_u').finished();
    expect(statusOf(cut)).toMatchObject({ state: 'ended', endReason: 'limit' });
    expect(statusOf((s) => s.created().finished().cut('reconciled')).endReason).toBe('reconciled');
    expect(statusOf((s) => s.cut('revoked').cut('limit').cut('reconciled')).endReason).toBe('revoked');
    expect(statusOf((s) => s.cut().failed()).state).toBe('failed');
  });

  it('has an end reason exactly when it has ended', () => {
    expect(statusOf((s) => s.failed().finished())).not.toHaveProperty('endReason');
    expect(statusOf((s) => s.created().joins('PA_u'))).not.toHaveProperty('endReason');
  });
});

describe('the presence of the agent', () => {
  const presence = (write: (script: SessionScript) => SessionScript): string =>
    statusOf((s) => write(s.created())).agentPresence;

  it('follows it as it joins, leaves and joins again under another participant sid', () => {
    expect(presence((s) => s.agentJoins('PA_1'))).toBe('joined');
    expect(presence((s) => s.agentJoins('PA_1').agentLeaves('PA_1'))).toBe('left');
    expect(presence((s) => s.agentJoins('PA_1').agentLeaves('PA_1').agentJoins('PA_2'))).toBe('joined');
    expect(presence((s) => s.agentJoins('PA_2').agentLeaves('PA_1').agentJoins('PA_1'))).toBe('joined');
  });

  it('is left when its leave overtakes its join', () => {
    expect(presence((s) => s.agentLeaves('PA_1'))).toBe('left');
    expect(presence((s) => s.agentLeaves('PA_1').agentJoins('PA_1'))).toBe('left');
  });

  it('is no matter of other agents', () => {
    expect(presence((s) => s.guestAgentJoins('PA_x', 'another-agent'))).toBe('pending');
  });
});
