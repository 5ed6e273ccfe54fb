import { describe, expect, it } from 'vitest';
import type { JobSeat, LineEvent, ServerMessage, WorkerAnswer } from '../../core/index.ts';
import {
  assignmentOf,
  declines,
  effectsOf,
  heard,
  JOB,
  LINE_AGENT,
  OFFER,
  OFFERED,
  otherJob,
  OURS,
  PHASES,
  play,
  RECORDED,
  ROOM,
  said,
  SERVING,
  tells,
  WORKING,
  YES,
} from '../support/gateway-line.ts';

const SEAT: JobSeat = { name: 'Eve', metadata: '', attributes: { mood: 'fine' } };
const STAGES = ['judging', 'asked', 'recording', 'accepted'] as const;
const FAILED: LineEvent<string> = { kind: 'acceptance_failed', jobId: JOB, reason: 'audit_unavailable' };
const FOREIGN: LineEvent<string> = {
  kind: 'offer_judged',
  jobId: JOB,
  verdict: { outcome: 'withheld', reason: 'room_of_another_agent' },
};

describe('an offer of LiveKit', () => {
  it('becomes a job step by step, and each step waits for the one before', () => {
    const judging = play(SERVING, heard(OFFER));
    expect(judging.effects).toEqual([{ kind: 'judge', jobId: JOB, room: ROOM }]);
    const asked = play(judging.line, OURS);
    expect(asked.effects).toEqual([{ kind: 'tell_worker', frame: 'offer' }]);
    const recording = play(asked.line, said(YES));
    expect(recording.effects).toEqual([
      { kind: 'record', jobId: JOB, room: ROOM, seat: SEAT, permissions: SERVING.permissions },
    ]);
    const accepted = play(recording.line, RECORDED);
    expect(accepted.effects).toEqual([tells({ kind: 'accept', jobId: JOB, seat: SEAT })]);
    const working = play(accepted.line, assignmentOf(JOB));
    expect(working.effects).toEqual([{ kind: 'assign', frame: `assignment of ${JOB}`, token: 'our-token' }]);
    expect(working.line).toMatchObject({ offers: new Map(), jobs: new Set([JOB]) });
  });

  it('is never seen by a worker whose it is not', () => {
    expect(play(OFFERED.judging, FOREIGN)).toEqual({
      line: SERVING,
      effects: [{ kind: 'withheld', jobId: JOB, room: ROOM, reason: 'room_of_another_agent' }, declines(JOB)],
    });
  });

  it.each<readonly [string, Partial<Extract<ServerMessage<string>, { kind: 'offer' }>>]>([
    ['job_id_unknown', { jobId: '' }],
    ['job_id_unknown', { jobId: 'one' }],
    ['job_id_unknown', { jobId: `AJ_${'x'.repeat(65)}` }],
    ['job_id_unknown', { jobId: `${JOB}\n` }],
    ['room_unknown', { room: '' }],
    ['job_of_another_agent', { agentName: '' }],
    ['job_of_another_agent', { agentName: LINE_AGENT.toUpperCase() }],
  ])('is not even judged: %s of %j', (reason, change) => {
    const offer = { ...OFFER, ...change };
    const jobId = change.jobId ?? JOB;
    const room = change.room === '' ? undefined : ROOM;
    expect(play(SERVING, heard(offer))).toEqual({
      line: SERVING,
      effects: [{ kind: 'withheld', jobId, room, reason }, declines(jobId)],
    });
  });

  it.each(['opening', 'registering', 'settling'] as const)('is for the next worker (%s)', (phase) => {
    const offer = heard({ ...OFFER, jobId: otherJob(2) });
    expect(play(PHASES[phase], offer)).toEqual({ line: PHASES[phase], effects: [declines(otherJob(2))] });
    expect(effectsOf(PHASES[phase], heard({ ...OFFER, jobId: 'one' }))).toEqual([declines('one')]);
  });

  it.each(STAGES)('is one offer, however often it comes (%s)', (stage) => {
    expect(play(OFFERED[stage], heard(OFFER))).toEqual({ line: OFFERED[stage], effects: [] });
  });

  it('concerns no other offer', () => {
    const both = play(SERVING, heard(OFFER), heard({ ...OFFER, jobId: otherJob(2) })).line;
    const { line, effects } = play(both, OURS, said({ ...YES, jobId: otherJob(2) }));
    expect(effects.slice(1)).toEqual([{ kind: 'dropped', reason: 'answer_without_offer' }]);
    expect([...line.offers].map(([jobId, { stage }]) => [jobId, stage])).toEqual([
      [JOB, 'asked'],
      [otherJob(2), 'judging'],
    ]);
  });

  it.each<readonly [LineEvent<string>, (typeof STAGES)[number]]>([
    [OURS, 'judging'],
    [FOREIGN, 'judging'],
    [RECORDED, 'recording'],
    [FAILED, 'recording'],
  ])('is changed by $0.kind at one stage alone', (event, stage) => {
    for (const other of STAGES.filter((candidate) => candidate !== stage)) {
      expect(play(OFFERED[other], event)).toEqual({ line: OFFERED[other], effects: [] });
    }
    for (const line of [PHASES.opening, PHASES.registering, SERVING, WORKING]) {
      expect(play(line, event)).toEqual({ line, effects: [] });
    }
  });
});

describe('the answer of a worker', () => {
  it.each(['judging', 'recording', 'accepted'] as const)('counts only when it was asked (%s)', (stage) => {
    for (const available of [true, false]) {
      expect(play(OFFERED[stage], said({ ...YES, available }))).toEqual({
        line: OFFERED[stage],
        effects: [{ kind: 'dropped', reason: 'answer_without_offer' }],
      });
    }
  });

  it.each([JOB, otherJob(2), '', 'one', '__proto__'])(
    'counts only for a job it was asked about: %j',
    (jobId) => {
      expect(play(SERVING, said({ ...YES, jobId }))).toEqual({
        line: SERVING,
        effects: [{ kind: 'dropped', reason: 'answer_without_offer' }],
      });
    },
  );

  it('can be no, and then the next worker is asked', () => {
    expect(play(OFFERED.asked, said({ ...YES, available: false }))).toEqual({
      line: SERVING,
      effects: [declines(JOB)],
    });
  });

  it('says nothing through what the platform and LiveKit speak through', () => {
    const own = ['lkps', 'lk', 'xlk.a', 'mood', '__proto__'] as const;
    const reserved = ['lkps.client_id', 'LKPS.x', 'lk.agent_name', 'Lk.agent.state', 'lk.'] as const;
    const [effect] = effectsOf(OFFERED.asked, said(yesWith([...own, ...reserved].map((key) => [key, '1']))));
    expect(effect?.kind === 'record' && Object.keys(effect.seat.attributes).sort()).toEqual([...own].sort());
  });

  it.each<readonly [string, Partial<WorkerAnswer>]>([
    ['name', { participantName: 'n'.repeat(256) }],
    ['metadata', { participantMetadata: 'm'.repeat(4096) }],
    ['number of attributes', yesWith(named(64))],
    ['sum of attributes', yesWith([['k'.repeat(8000), 'v'.repeat(192)]])],
    ['attributes that do not count', yesWith([...named(64), ['lk.x', 'v'.repeat(9000)]])],
  ])('is taken as large as this: %s', (_, change) => {
    expect(effectsOf(OFFERED.asked, said({ ...YES, ...change }))).toMatchObject([{ kind: 'record' }]);
  });

  it.each<readonly [string, Partial<WorkerAnswer>]>([
    ['name', { participantName: 'n'.repeat(257) }],
    ['metadata', { participantMetadata: 'm'.repeat(4097) }],
    ['number of attributes', yesWith(named(65))],
    ['sum of attributes', yesWith([['k'.repeat(8000), 'v'.repeat(193)]])],
  ])('is refused where it is larger, and the next worker is asked: %s', (_, change) => {
    expect(play(OFFERED.asked, said({ ...YES, ...change }))).toEqual({
      line: SERVING,
      effects: [{ kind: 'refused', reason: 'seat_too_large' }, declines(JOB)],
    });
  });
});

describe('a job that is not on record', () => {
  it('goes to the next worker', () => {
    expect(play(OFFERED.recording, FAILED)).toEqual({
      line: SERVING,
      effects: [{ kind: 'withheld', jobId: JOB, room: ROOM, reason: 'audit_unavailable' }, declines(JOB)],
    });
  });

  it.each(['judging', 'asked', 'recording'] as const)('never reaches the worker (%s)', (stage) => {
    expect(play(OFFERED[stage], assignmentOf(JOB))).toEqual({
      line: OFFERED[stage],
      effects: [{ kind: 'withheld', jobId: JOB, room: ROOM, reason: 'assignment_without_record' }],
    });
  });

  it.each([JOB, otherJob(2), '', 'one'])('never reaches a worker that was not asked: %j', (jobId) => {
    for (const line of [PHASES.opening, PHASES.registering, SERVING, WORKING]) {
      expect(play(line, assignmentOf(jobId))).toEqual({
        line,
        effects: [{ kind: 'withheld', jobId, room: undefined, reason: 'assignment_without_record' }],
      });
    }
  });
});

describe('an offer that takes too long', () => {
  const overdue = (missing: 'answer' | 'assignment'): LineEvent<string> => ({
    kind: 'offer_overdue',
    jobId: JOB,
    missing,
  });

  it.each(['judging', 'asked'] as const)('is declined while LiveKit still listens (%s)', (stage) => {
    const { line, effects } = play(OFFERED[stage], overdue('answer'));
    expect(effects).toEqual([
      { kind: 'withheld', jobId: JOB, room: ROOM, reason: 'no_answer' },
      declines(JOB),
    ]);
    expect(play(line, OURS, said(YES), RECORDED, FAILED, overdue('assignment'))).toEqual({
      line: SERVING,
      effects: [{ kind: 'dropped', reason: 'answer_without_offer' }],
    });
  });

  it.each(['recording', 'accepted'] as const)('is not, once the worker said yes (%s)', (stage) => {
    expect(play(OFFERED[stage], overdue('answer'))).toEqual({ line: OFFERED[stage], effects: [] });
  });

  it.each(STAGES)('is forgotten when its assignment cannot come any more (%s)', (stage) => {
    const { line, effects } = play(OFFERED[stage], overdue('assignment'));
    expect(line).toEqual(SERVING);
    expect(effects).toEqual(stage === 'recording' ? [declines(JOB)] : []);
    expect(play(line, RECORDED)).toEqual({ line: SERVING, effects: [] });
    expect(effectsOf(line, assignmentOf(JOB))).toMatchObject([{ kind: 'withheld' }]);
  });
});

function yesWith(attributes: readonly (readonly [string, string])[]): WorkerAnswer {
  return { ...YES, participantAttributes: new Map(attributes) };
}

function named(count: number): readonly (readonly [string, string])[] {
  return Array.from({ length: count }, (_, index) => [`a${index}`, ''] as const);
}
