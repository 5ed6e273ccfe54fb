import { describe, expect, it } from 'vitest';
import type { LineEvent, PlannedClose, WorkerMessage } from '../../core/index.ts';
import {
  assignmentOf,
  declines,
  effectsOf,
  heard,
  JOB,
  OFFERED,
  OURS,
  otherJob,
  OFFER,
  PHASES,
  play,
  RECORDED,
  REGISTER,
  said,
  SERVING,
  tells,
  WORKING,
  YES,
} from '../support/gateway-line.ts';

const PING: WorkerMessage = { kind: 'ping', timestamp: 1n };
const STOP: LineEvent<string> = { kind: 'close_planned', reason: 'gateway_stopping' };
const FULL = tells({ kind: 'update_worker', status: 'full', load: 1, jobCount: 0 });
const GONE = { kind: 'capacity', capacity: 'gone' } as const;
const STOPPED = { kind: 'close', reason: 'gateway_stopping' } as const;
const OPEN_PHASES = ['opening', 'registering', 'serving', 'settling'] as const;

describe('the first words of a worker', () => {
  it.each<WorkerMessage>([
    PING,
    YES,
    { kind: 'simulate_job' },
    { kind: 'migrate_job', jobIds: [] },
    { kind: 'update_job', jobId: JOB, status: 'failed', error: '' },
    { kind: 'update_worker', load: 0, jobCount: 0 },
  ])('are refused where they are $kind', (message) => {
    expect(play(PHASES.opening, said(message))).toMatchObject({
      line: { phase: 'closed' },
      effects: [
        { kind: 'refused', reason: 'register_expected' },
        { kind: 'close', reason: 'register_expected' },
      ],
    });
  });

  it('are passed on once, and make it serve when LiveKit says so', () => {
    const registering = play(PHASES.opening, said(REGISTER));
    expect(registering.effects).toMatchObject([{ kind: 'tell_server', report: { kind: 'register' } }]);
    const serving = play(registering.line, heard({ kind: 'registered', frame: 'registered' }));
    expect(serving).toMatchObject({ line: { phase: 'serving' } });
    expect(serving.effects).toEqual([
      { kind: 'tell_worker', frame: 'registered' },
      { kind: 'capacity', capacity: 'available' },
    ]);
    expect(effectsOf(serving.line, heard({ kind: 'registered', frame: 'again' }))).toEqual([]);
  });

  it('are for a worker that is full already as full as it says', () => {
    const full = said({ kind: 'update_worker', status: 'full', load: 0.9, jobCount: 3 });
    const { line, effects } = play(PHASES.registering, full);
    expect(effects).toEqual([tells({ kind: 'update_worker', status: 'full', load: 0.9, jobCount: 3 })]);
    expect(effectsOf(line, heard({ kind: 'registered', frame: 'registered' }))).toContainEqual({
      kind: 'capacity',
      capacity: 'full',
    });
  });

  it.each(['registering', 'serving', 'settling'] as const)('are not said twice (%s)', (phase) => {
    expect(play(PHASES[phase], said(REGISTER))).toMatchObject({
      line: { phase: 'closed' },
      effects: [
        { kind: 'refused', reason: 'second_register' },
        ...(phase === 'serving' ? [GONE] : []),
        { kind: 'close', reason: 'second_register' },
      ],
    });
  });
});

describe('what is not of the protocol', () => {
  it.each(OPEN_PHASES)('closes the line where it cannot be read (%s)', (phase) => {
    for (const reason of ['text_frame', 'malformed_frame'] as const) {
      expect(play(PHASES[phase], said({ kind: 'unreadable', reason }))).toMatchObject({
        line: { phase: 'closed' },
        effects: [
          { kind: 'refused', reason },
          ...(phase === 'serving' ? [GONE] : []),
          { kind: 'close', reason },
        ],
      });
    }
  });

  it.each(OPEN_PHASES)('is dropped where it is only not known, and closes nothing (%s)', (phase) => {
    expect(play(PHASES[phase], said({ kind: 'unknown' }))).toEqual({
      line: PHASES[phase],
      effects: [{ kind: 'dropped', reason: 'unknown_message' }],
    });
  });

  it.each(['registering', 'serving', 'settling'] as const)(
    'is refused where it asks for a job of its own choice (%s)',
    (phase) => {
      expect(play(PHASES[phase], said({ kind: 'simulate_job' }))).toEqual({
        line: PHASES[phase],
        effects: [{ kind: 'refused', reason: 'simulate_job' }],
      });
    },
  );
});

describe('a planned close', () => {
  const reasons: readonly PlannedClose[] = ['renewed', 'expired', 'gateway_stopping'];

  it.each(reasons)('tells LiveKit that the worker is full before it closes (%s)', (reason) => {
    const { line, effects } = play(WORKING, { kind: 'close_planned', reason });
    expect(effects).toEqual([FULL, GONE, { kind: 'close', reason }]);
    expect(line.phase).toBe('closed');
  });

  it.each(['opening', 'registering'] as const)(
    'has nothing to wait for before LiveKit answers (%s)',
    (phase) => {
      expect(play(PHASES[phase], STOP)).toMatchObject({ line: { phase: 'closed' }, effects: [STOPPED] });
    },
  );

  it('waits for an open offer until the worker has the job', () => {
    const told = play(OFFERED.judging, STOP);
    expect(told.effects).toEqual([FULL, GONE]);
    const accepted = play(told.line, OURS, said(YES), RECORDED);
    expect(accepted.effects).not.toContainEqual(STOPPED);
    expect(play(accepted.line, assignmentOf(JOB))).toMatchObject({
      line: { phase: 'closed' },
      effects: [{ kind: 'assign', token: 'our-token' }, STOPPED],
    });
  });

  it.each<readonly [string, keyof typeof OFFERED, LineEvent<string>]>([
    [
      'it is not ours',
      'judging',
      { kind: 'offer_judged', jobId: JOB, verdict: { outcome: 'withheld', reason: 'x' } },
    ],
    ['the worker says no', 'asked', said({ ...YES, available: false })],
    ['the worker says nothing', 'asked', { kind: 'offer_overdue', jobId: JOB, missing: 'answer' }],
    ['it is not on record', 'recording', { kind: 'acceptance_failed', jobId: JOB, reason: 'x' }],
    ['LiveKit says nothing', 'accepted', { kind: 'offer_overdue', jobId: JOB, missing: 'assignment' }],
  ])('waits for an open offer until %s', (_, stage, event) => {
    const { line, effects } = play(OFFERED[stage], STOP, event);
    expect(line.phase).toBe('closed');
    expect(effects.at(-1)).toEqual(STOPPED);
    expect(effects.filter(({ kind }) => kind === 'close')).toHaveLength(1);
  });

  it('waits for all of them, and keeps to its first reason', () => {
    const second = { ...OFFER, jobId: otherJob(2) };
    const { line } = play(SERVING, heard(OFFER), heard(second), STOP, {
      kind: 'close_planned',
      reason: 'expired',
    });
    const first: LineEvent<string> = { kind: 'offer_overdue', jobId: JOB, missing: 'answer' };
    const last: LineEvent<string> = { ...first, jobId: otherJob(2) };
    expect(effectsOf(line, first)).not.toContainEqual(STOPPED);
    expect(effectsOf(line, first, last)).toContainEqual(STOPPED);
  });

  it('lets no further job through, and no load that would draw one', () => {
    const settling = PHASES.settling;
    const offer = heard({ ...OFFER, jobId: otherJob(2) });
    expect(play(settling, offer)).toEqual({ line: settling, effects: [declines(otherJob(2))] });
    const free = said({ kind: 'update_worker', status: 'available', load: 0, jobCount: 0 });
    expect(play(settling, free)).toEqual({ line: settling, effects: [] });
    const busy = said({ kind: 'update_worker', load: 0.5, jobCount: 1 });
    expect(effectsOf(SERVING, busy, heard(OFFER), STOP, { kind: 'load_due' })).toEqual([]);
  });

  it('goes on with the jobs there are', () => {
    const settling = play(WORKING, heard({ ...OFFER, jobId: otherJob(2) }), STOP).line;
    const done = { kind: 'update_job', jobId: JOB, status: 'success', error: '' } as const;
    expect(effectsOf(settling, said(done))).toEqual([tells(done)]);
    expect(effectsOf(settling, said(PING))).toEqual([tells({ kind: 'ping', timestamp: 1n })]);
  });
});

describe('a line that is over', () => {
  it.each(OPEN_PHASES)('is over when one of its sides is gone (%s)', (phase) => {
    expect(play(PHASES[phase], { kind: 'ended' })).toMatchObject({
      line: { phase: 'closed' },
      effects: phase === 'serving' ? [GONE] : [],
    });
  });

  it('does nothing about whatever still comes', () => {
    const late: readonly LineEvent<string>[] = [
      heard(OFFER),
      heard({ kind: 'registered', frame: 'registered' }),
      heard({ kind: 'termination', jobId: JOB, frame: 'termination' }),
      heard({ kind: 'other', frame: 'pong' }),
      assignmentOf(JOB),
      OURS,
      RECORDED,
      { kind: 'acceptance_failed', jobId: JOB, reason: 'x' },
      { kind: 'offer_overdue', jobId: JOB, missing: 'answer' },
      { kind: 'load_due' },
      STOP,
      { kind: 'ended' },
    ];
    for (const line of [OFFERED.judging, OFFERED.recording, OFFERED.accepted]) {
      const closed = play(line, { kind: 'ended' }).line;
      expect(play(closed, ...late)).toEqual({ line: closed, effects: [] });
      for (const message of [REGISTER, YES, PING, { kind: 'unreadable', reason: 'text_frame' }] as const) {
        expect(effectsOf(closed, said(message))).toEqual([{ kind: 'dropped', reason: 'after_close' }]);
      }
    }
  });
});
