import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LineEvent, WorkerStatusReport } from '../../core/index.ts';
import {
  assignmentOf,
  declines,
  effectsOf,
  heard,
  JOB,
  OFFER,
  OFFERED,
  otherJob,
  OURS,
  PHASES,
  play,
  RECORDED,
  said,
  SERVING,
  tells,
  WORKING,
  YES,
} from '../support/gateway-line.ts';

const DUE: LineEvent<string> = { kind: 'load_due' };
const LATER = { kind: 'report_later' } as const;
const FOREIGN_JOB = { kind: 'dropped', reason: 'foreign_job' } as const;

describe('how busy a worker is', () => {
  it('is told a second later, and only the newest of it', () => {
    const told = play(SERVING, load(0.1), load(0.2), load(0.3), DUE);
    expect(told.effects).toEqual([LATER, tellsLoad(0.3)]);
    expect(play(told.line, load(0.4), DUE).effects).toEqual([LATER, tellsLoad(0.4)]);
  });

  it('is not told again where it is the same at two decimals', () => {
    const told = play(SERVING, load(0.301), DUE).line;
    expect(play(told, load(0.304), DUE, load(0.296), DUE).effects).toEqual([]);
    expect(play(told, load(0.301, 1), DUE).effects).toEqual([LATER, tellsLoad(0.301, 1)]);
    expect(play(told, load(0.31), DUE).effects).toEqual([LATER, tellsLoad(0.31)]);
  });

  it('is not told where it went back meanwhile, and not what it was in between', () => {
    const { line, effects } = play(SERVING, load(0.5), load(0), DUE);
    expect(effects).toEqual([LATER]);
    expect(play(line, DUE).effects).toEqual([]);
  });

  it.each([
    [Number.NaN, 1],
    [Number.POSITIVE_INFINITY, 1],
    [Number.NEGATIVE_INFINITY, 0],
    [-0.5, 0],
    [-0, 0],
    [1.5, 1],
    [0.25, 0.25],
  ])('never makes it more or less than a worker can be: %d is %d', (value, expected) => {
    const full = status('full', value);
    expect(effectsOf(SERVING, full)).toContainEqual(
      tells({ kind: 'update_worker', status: 'full', load: expected, jobCount: 0 }),
    );
  });

  it('is counted in jobs that LiveKit can read', () => {
    for (const [jobCount, counted] of [
      [-3, 0],
      [Number.NaN, 0],
      [2.9, 2],
      [2 ** 53, 2 ** 32 - 1],
    ] as const) {
      expect(play(SERVING, load(0.5, jobCount), DUE).effects).toEqual([LATER, tellsLoad(0.5, counted)]);
    }
  });

  it('leads to what LiveKit was told last being what the worker said last, whatever it said', () => {
    const reports = fc.record(
      {
        kind: fc.constant('update_worker' as const),
        status: fc.constantFrom('available' as const, 'full' as const),
        load: fc.oneof(fc.double(), fc.constantFrom(0, 0.5, 1)),
        jobCount: fc.oneof(fc.double(), fc.nat(3)),
      },
      { requiredKeys: ['kind', 'load', 'jobCount'] },
    );
    const events = fc.array(fc.oneof(reports.map(said), fc.constant(DUE)), { maxLength: 12 });
    fc.assert(
      fc.property(events, reports, (earlier, last) => {
        const { line } = play(SERVING, ...earlier, said(last), DUE);
        const direct = play(SERVING, said({ ...last, status: line.capacity }), DUE).line;
        expect(line.newest).toBeUndefined();
        expect(Math.abs(line.told.load - direct.told.load)).toBeLessThanOrEqual(0.01);
        expect(line.told.jobCount).toBe(direct.told.jobCount);
      }),
    );
  });
});

describe('whether a worker takes jobs', () => {
  it('is told at once, with its load, and to those who start sessions', () => {
    const full = play(SERVING, status('full', 0.9));
    expect(full.effects).toEqual([
      tells({ kind: 'update_worker', status: 'full', load: 0.9, jobCount: 0 }),
      { kind: 'capacity', capacity: 'full' },
    ]);
    expect(play(full.line, status('full', 0.9)).effects).toEqual([]);
    expect(play(full.line, status('available', 0.9)).effects).toEqual([
      tells({ kind: 'update_worker', status: 'available', load: 0.9, jobCount: 0 }),
      { kind: 'capacity', capacity: 'available' },
    ]);
  });

  it('goes with every report of the load', () => {
    const full = play(SERVING, status('full', 0.9)).line;
    expect(play(full, load(0.8), DUE).effects).toEqual([
      LATER,
      tells({ kind: 'update_worker', status: 'full', load: 0.8, jobCount: 0 }),
    ]);
  });

  it('asks for no second report while one is to come', () => {
    const { line, effects } = play(SERVING, load(0.5), status('full', 0.9), load(0.6), load(0.7));
    expect(effects.filter(({ kind }) => kind === 'report_later')).toHaveLength(1);
    expect(play(line, DUE, DUE).effects).toEqual([
      tells({ kind: 'update_worker', status: 'full', load: 0.7, jobCount: 0 }),
    ]);
  });
});

describe('what a worker says of a job', () => {
  const update = { kind: 'update_job', jobId: JOB, status: 'running', error: '' } as const;

  it('is passed on while the job is its own', () => {
    expect(play(WORKING, said(update))).toEqual({ line: WORKING, effects: [tells(update)] });
  });

  it.each(['success', 'failed'] as const)('ends the job where it is %s, once', (over) => {
    const { line, effects } = play(WORKING, said({ ...update, status: over }));
    expect(effects).toEqual([tells({ ...update, status: over })]);
    expect(line).toEqual(SERVING);
    expect(effectsOf(line, said({ ...update, status: over }))).toEqual([FOREIGN_JOB]);
  });

  it.each([otherJob(2), '', 'one', '__proto__'])('is not passed on of any other: %j', (jobId) => {
    expect(play(WORKING, said({ ...update, jobId, status: 'failed' }))).toEqual({
      line: WORKING,
      effects: [FOREIGN_JOB],
    });
  });

  it.each(['judging', 'asked', 'recording', 'accepted'] as const)('is not before it has it (%s)', (stage) => {
    expect(effectsOf(OFFERED[stage], said({ ...update, status: 'failed' }))).toEqual([FOREIGN_JOB]);
  });

  it('is cut to a length, and nowhere within a character', () => {
    const errors = [`${'e'.repeat(1023)}😀`, 'e'.repeat(20_000)].map((error) => {
      const [effect] = effectsOf(WORKING, said({ ...update, error }));
      return effect?.kind === 'tell_server' && effect.report.kind === 'update_job' && effect.report.error;
    });
    expect(errors).toEqual(['e'.repeat(1023), 'e'.repeat(1024)]);
  });

  it('is over when LiveKit says so, which the worker hears', () => {
    const termination = heard({ kind: 'termination', jobId: JOB, frame: 'termination' });
    expect(play(WORKING, termination)).toEqual({
      line: SERVING,
      effects: [{ kind: 'tell_worker', frame: 'termination' }],
    });
  });

  it('concerns that job alone', () => {
    const second = otherJob(2);
    const two = play(
      WORKING,
      heard({ ...OFFER, jobId: second }),
      { ...OURS, jobId: second },
      said({ ...YES, jobId: second }),
      { ...RECORDED, jobId: second },
      assignmentOf(second),
    ).line;
    expect([...play(two, said({ ...update, status: 'success' })).line.jobs]).toEqual([second]);
    const termination = heard({ kind: 'termination', jobId: second, frame: 'termination' });
    expect([...play(two, termination).line.jobs]).toEqual([JOB]);
  });
});

describe('what else a worker says', () => {
  it.each(['registering', 'serving', 'settling'] as const)('passes where it is a ping (%s)', (phase) => {
    expect(play(PHASES[phase], said({ kind: 'ping', timestamp: -7n }))).toEqual({
      line: PHASES[phase],
      effects: [tells({ kind: 'ping', timestamp: -7n })],
    });
  });

  it('names the jobs it had before, as far as they can be jobs', () => {
    const named = ['', JOB, 'one', `${JOB} `, otherJob(2)];
    expect(effectsOf(SERVING, said({ kind: 'migrate_job', jobIds: named }))).toEqual([
      tells({ kind: 'migrate_job', jobIds: [JOB, otherJob(2)] }),
    ]);
    const many = Array.from({ length: 150 }, (_, index) => otherJob(index));
    expect(effectsOf(SERVING, said({ kind: 'migrate_job', jobIds: many }))).toEqual([
      tells({ kind: 'migrate_job', jobIds: many.slice(0, 100) }),
    ]);
    const late = [...many.map(() => 'one'), JOB];
    expect(effectsOf(SERVING, said({ kind: 'migrate_job', jobIds: late }))).toEqual([
      tells({ kind: 'migrate_job', jobIds: [] }),
    ]);
  });

  it('carries nothing that is not named', () => {
    const more = { hidden: true, token: 'x', kind: 'ping' } as const;
    const ping = { ...more, timestamp: 1n };
    expect(effectsOf(SERVING, said(ping))).toStrictEqual([tells({ kind: 'ping', timestamp: 1n })]);
    const update = { ...more, kind: 'update_job', jobId: JOB, status: 'running', error: '' } as const;
    const { hidden, token, ...plain } = update;
    expect([hidden, token]).toEqual([true, 'x']);
    expect(effectsOf(WORKING, said(update))).toStrictEqual([tells(plain)]);
    const no = { ...YES, ...more, kind: 'availability', available: false } as const;
    expect(effectsOf(OFFERED.asked, said(no))).toStrictEqual([declines(JOB)]);
    const busy = { ...more, kind: 'update_worker', status: 'full', load: 0.5, jobCount: 1 } as const;
    expect(effectsOf(SERVING, said(busy))[0]).toStrictEqual(
      tells({ kind: 'update_worker', status: 'full', load: 0.5, jobCount: 1 }),
    );
  });
});

describe('what LiveKit says beside jobs', () => {
  it('reaches the worker as it is', () => {
    expect(effectsOf(SERVING, heard({ kind: 'other', frame: 'pong' }))).toEqual([
      { kind: 'tell_worker', frame: 'pong' },
    ]);
  });
});

function load(value: number, jobCount = 0): LineEvent<string> {
  return said({ kind: 'update_worker', load: value, jobCount });
}

function status(capacity: WorkerStatusReport['status'] & string, value: number): LineEvent<string> {
  return said({ kind: 'update_worker', status: capacity, load: value, jobCount: 0 });
}

function tellsLoad(value: number, jobCount = 0): ReturnType<typeof tells> {
  return tells({ kind: 'update_worker', status: 'available', load: value, jobCount });
}
