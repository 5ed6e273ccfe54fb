import { WorkerMessage } from '@livekit/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reportFrame } from '../../../adapters/agent-gateway/report-frame.ts';
import { readWorkerFrame } from '../../../adapters/agent-gateway/worker-frame.ts';
import { parseJobId, TRACK_SOURCES, type WorkerReport } from '../../../core/index.ts';

const PERMISSIONS = { canPublish: true, canSubscribe: true, canPublishData: true, canUpdateMetadata: true };
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const count = fc.nat(2 ** 32 - 1);
const permissions = fc.record(
  {
    canPublish: fc.boolean(),
    canSubscribe: fc.boolean(),
    canPublishData: fc.boolean(),
    canUpdateMetadata: fc.boolean(),
    canPublishSources: fc.subarray([...TRACK_SOURCES], { minLength: 1 }),
  },
  { requiredKeys: ['canPublish', 'canSubscribe', 'canPublishData', 'canUpdateMetadata'] },
);
const said = <Kind extends WorkerReport['kind']>(kind: Kind): fc.Arbitrary<Kind> => fc.constant(kind);

/** Reports that are read back as they were: what remains of a message on its way through is all of it. */
const reports = fc.oneof(
  fc.record({ kind: said('register'), agentName: text, version: text, pingInterval: count, permissions }),
  fc.record({
    kind: said('update_worker'),
    status: fc.constantFrom('available' as const, 'full' as const),
    load: fc.float({ min: 0, max: 1, noNaN: true }).map((load) => load + 0),
    jobCount: count,
  }),
  fc.record({
    kind: said('update_job'),
    jobId: text,
    status: fc.constantFrom('pending' as const, 'running' as const, 'success' as const, 'failed' as const),
    error: text,
  }),
  fc.record({ kind: said('ping'), timestamp: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) }),
  fc.record({ kind: said('migrate_job'), jobIds: fc.array(text, { maxLength: 5 }) }),
);

describe('what LiveKit is told', () => {
  it('is what the platform said, all of it', () => {
    fc.assert(
      fc.property(reports, (report) => {
        const registered = report.kind === 'register' ? { jobType: 'room' } : {};
        expect(readWorkerFrame(reportFrame(report), true)).toEqual({ ...report, ...registered });
      }),
    );
  });

  it('of a registration is a room worker’s, in no namespace and no deployment, with rights spelt out', () => {
    const frame = reportFrame({
      kind: 'register',
      agentName: 'agent',
      version: '1',
      pingInterval: 0,
      permissions: { ...PERMISSIONS, canPublish: false },
    });
    expect(WorkerMessage.fromBinary(frame).toJson()).toEqual({
      register: {
        agentName: 'agent',
        version: '1',
        allowedPermissions: { canSubscribe: true, canPublishData: true, canUpdateMetadata: true },
      },
    });
  });

  it('of an accepted job is an identity made of the job, and nothing about ending or resuming it', () => {
    const seat = { name: 'Echo', metadata: 'm', attributes: { a: 'b' } };
    const frame = reportFrame({ kind: 'accept', jobId: parseJobId('AJ_1'), seat });
    expect(WorkerMessage.fromBinary(frame).toJson()).toEqual({
      availability: {
        jobId: 'AJ_1',
        available: true,
        participantIdentity: 'agent-AJ_1',
        participantName: 'Echo',
        participantMetadata: 'm',
        participantAttributes: { a: 'b' },
      },
    });
  });

  it('of a declined job is its id as LiveKit sent it', () => {
    const frame = reportFrame({ kind: 'decline', jobId: 'whatever' });
    expect(WorkerMessage.fromBinary(frame).toJson()).toEqual({ availability: { jobId: 'whatever' } });
  });
});
