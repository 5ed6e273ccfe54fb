import { beforeAll, describe, expect, it } from 'vitest';
import { FRAME_KINDS } from '../frames/generate.ts';
import { fuzzFrames, type FrameFuzzReport } from '../frames/run.ts';

const FRAMES = 4_000;

/** The same 4,000 in every test run; `npm run fuzz:frames` takes as many others as one likes. */
describe('a worker that says anything at all', () => {
  let report: FrameFuzzReport;
  beforeAll(async () => {
    report = await fuzzFrames({ frames: FRAMES, seed: 1 });
  });

  it('is never heard by LiveKit, only what the policy built: the same to the last field, and nothing besides', () => {
    expect(report.findings).toEqual([]);
  });

  it('was really heard: every kind of frame came, every kind of message passed, and SimulateJob never did', () => {
    expect(report.frames).toBe(FRAMES);
    expect([...report.tallies.keys()].sort()).toEqual(FRAME_KINDS.map(({ name }) => name).sort());
    const sum = (of: 'passed' | 'closed' | 'readDifferently' | 'simulations'): number =>
      [...report.tallies.values()].reduce((total, tally) => total + tally[of], 0);
    expect(sum('passed')).toBeGreaterThan(FRAMES / 10);
    expect(sum('closed')).toBeGreaterThan(FRAMES / 10);
    // What LiveKit would have taken for SimulateJob, and what the two decoders do not agree about.
    expect(sum('simulations')).toBeGreaterThan(FRAMES / 20);
    expect(sum('readDifferently')).toBeGreaterThan(FRAMES / 20);
    expect([...report.sent.keys()].sort()).toEqual([
      'availability',
      'migrateJob',
      'ping',
      'register',
      'updateJob',
      'updateWorker',
    ]);
  });
});
