import { beforeAll, describe, expect, it } from 'vitest';
import { runFuzz, type FuzzReport } from '../fuzz/run.ts';

const REQUESTS = 3_000;

/** The same 3,000 in every test run; `npm run fuzz` sends as many others as one likes. */
describe('a service that gets anything at all over its socket', () => {
  let report: FuzzReport;
  beforeAll(async () => {
    report = await runFuzz({ requests: REQUESTS, seed: 1, connections: 8, hanging: 0 });
  });

  it('breaks none of the laws: no 5xx, no hang, no crash, nothing done for who was refused', () => {
    expect(report.findings).toEqual([]);
  });

  it('was really asked: every phase ran, and each kind of answer was seen', () => {
    expect(report.requests).toBeGreaterThanOrEqual(REQUESTS);
    expect(report.phases.map(({ name }) => name)).toEqual(['open', 'limits', 'overload']);
    const often = (status: string): number => report.statuses[status] ?? 0;
    for (const status of [
      '200',
      '201',
      '204',
      '400',
      '401',
      '403',
      '404',
      '405',
      '413',
      '415',
      '417',
      '431',
      '503',
    ]) {
      expect(often(status), status).toBeGreaterThan(0);
    }
    expect(often('201')).toBeGreaterThan(50);
    expect(report.sessions).toBe(report.rooms);
    expect(report.sessions).toBeGreaterThanOrEqual(often('201'));
  });
});
