import fc from 'fast-check';
import {
  TRACK_SOURCES,
  type ServerMessage,
  type WorkerCapacity,
  type WorkerMessage,
} from '../../core/index.ts';
import { AGENTS, type Shown } from './gateway-cast.ts';

const numbers = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, 0.5, 1, -1, 1e300, 2 ** 53, Number.NaN, Infinity, -Infinity),
);
export const texts = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('', '__proto__', '\uD800', 'x'.repeat(300), 'x'.repeat(9000)),
);
const names = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constantFrom(...AGENTS, AGENTS[0].toUpperCase(), 'inference') },
);
/** Anybody's. */
const jobIds = fc.oneof(
  { weight: 8, arbitrary: fc.nat(15).map((index) => `AJ_job${index}`) },
  { weight: 1, arbitrary: fc.oneof(texts, fc.constantFrom('AJ_', 'aj_job0', 'AJ_job0 ', 'AJ_unknown')) },
);
const TOO_MANY = Array.from({ length: 1500 }, (_, index) => `AJ_job${index}`);
const attributes = fc
  .array(
    fc.tuple(
      fc.oneof(texts, fc.constantFrom('mood', 'lkps.client_id', 'LKPS.X', 'lk.agent_name', 'Lk.agent.state')),
      texts,
    ),
    { maxLength: 4 },
  )
  .map((entries) => new Map(entries));
export const shown: fc.Arbitrary<Shown> = fc.record({
  participantName: texts,
  participantMetadata: texts,
  participantAttributes: attributes,
});
const permissions = fc.record(
  {
    canPublish: fc.boolean(),
    canSubscribe: fc.boolean(),
    canPublishData: fc.boolean(),
    canUpdateMetadata: fc.boolean(),
    canPublishSources: fc.array(fc.constantFrom(...TRACK_SOURCES), { maxLength: 3 }),
    hidden: fc.constant(true),
    recorder: fc.constant(true),
  },
  { requiredKeys: ['canPublish', 'canSubscribe', 'canPublishData', 'canUpdateMetadata'] },
);
const capacities = fc.constantFrom<WorkerCapacity>('available', 'available', 'full');

const registers = fc.record(
  {
    kind: fc.constant('register' as const),
    jobType: fc.constantFrom('room' as const, 'room' as const, 'room' as const, 'other' as const),
    agentName: names,
    version: texts,
    pingInterval: numbers,
    permissions,
    hidden: fc.constant(true),
  },
  { requiredKeys: ['kind', 'jobType', 'agentName', 'version', 'pingInterval'] },
);

const pings = fc.record({ kind: fc.constant('ping' as const), timestamp: fc.bigInt(), room: texts });

/** Of every kind, and with fields of every kind; `hidden` stands for all that no message has. */
export const messages: fc.Arbitrary<WorkerMessage> = fc.oneof(
  registers,
  {
    weight: 8,
    arbitrary: fc
      .tuple(shown, jobIds, fc.boolean(), texts)
      .map(([seat, jobId, available, participantIdentity]) => ({
        ...{ kind: 'availability' as const, jobId, available, participantIdentity },
        ...seat,
      })),
  },
  {
    weight: 8,
    arbitrary: fc.record(
      {
        kind: fc.constant('update_worker' as const),
        status: capacities,
        load: numbers,
        jobCount: numbers,
        hidden: fc.constant(true),
      },
      { requiredKeys: ['kind', 'load', 'jobCount'] },
    ),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('update_job' as const),
      jobId: jobIds,
      status: fc.constantFrom('pending' as const, 'running' as const, 'success' as const, 'failed' as const),
      error: texts,
      hidden: fc.constant(true),
    }),
  },
  fc.record({
    kind: fc.constant('migrate_job' as const),
    jobIds: fc.oneof(fc.array(jobIds), fc.constant(TOO_MANY)),
    room: texts,
  }),
  pings,
  fc.record({ kind: fc.constantFrom('simulate_job' as const, 'unknown' as const), room: texts }),
  fc.record({
    kind: fc.constant('unreadable' as const),
    reason: fc.constantFrom('text_frame' as const, 'malformed_frame' as const),
  }),
);

/** A worker's first words. */
export const greetings: fc.Arbitrary<WorkerMessage> = fc.oneof(registers, pings, messages);

/** LiveKit's, with whatever strings: nothing but a frame is known of them. */
export const serverMessages: fc.Arbitrary<ServerMessage<string>> = fc.oneof(
  fc.record({ kind: fc.constantFrom('registered' as const, 'other' as const), frame: texts }),
  fc.record({
    kind: fc.constant('offer' as const),
    jobId: jobIds,
    room: texts,
    agentName: names,
    frame: texts,
  }),
  fc.record({
    kind: fc.constantFrom('assignment' as const, 'termination' as const),
    jobId: jobIds,
    frame: texts,
  }),
);

/** As an honest library sends it. */
export const loads: fc.Arbitrary<WorkerMessage> = fc.record({
  kind: fc.constant('update_worker' as const),
  load: fc.double({ min: 0, max: 0.9, noNaN: true }),
  jobCount: fc.nat(3),
});
