import { JobStatus, ParticipantPermission, WorkerMessage, WorkerStatus } from '@livekit/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWorkerFrame } from '../../../adapters/agent-gateway/worker-frame.ts';
import type { WorkerMessage as Read } from '../../../core/index.ts';
import { field, joined, numberField } from '../../frames/wire.ts';
import type { WorkerWords } from '../../support/gateway-worker.ts';

const frameOf = (message: WorkerWords): Uint8Array => new WorkerMessage({ message }).toBinary();
const read = (frame: Uint8Array): Read => readWorkerFrame(frame, true);
const bytes = (...hex: readonly string[]): Uint8Array => new Uint8Array(Buffer.from(hex.join(''), 'hex'));

const PERMISSIONS = { canPublish: true, canSubscribe: true, canPublishData: false, canUpdateMetadata: true };

/** What a worker's library sends, and what is read of it: nothing else. */
const READ_AS: readonly [string, WorkerWords, Read][] = [
  [
    'a registration, without its namespace, deployment and further rights',
    {
      case: 'register',
      value: {
        agentName: 'a',
        version: '1',
        pingInterval: 3,
        namespace: 'other',
        deployment: 'other',
        allowedPermissions: { ...PERMISSIONS, hidden: true, canManageAgentSession: true },
      },
    },
    {
      kind: 'register',
      jobType: 'room',
      agentName: 'a',
      version: '1',
      pingInterval: 3,
      permissions: PERMISSIONS,
    },
  ],
  [
    'an answer, without the identity it chose',
    {
      case: 'availability',
      value: {
        jobId: 'AJ_1',
        available: true,
        supportsResume: true,
        terminate: true,
        participantIdentity: 'somebody',
        participantName: 'Echo',
        participantMetadata: '{}',
        participantAttributes: { a: 'b' },
      },
    },
    {
      kind: 'availability',
      jobId: 'AJ_1',
      available: true,
      participantName: 'Echo',
      participantMetadata: '{}',
      participantAttributes: new Map([['a', 'b']]),
    },
  ],
  [
    'a load report',
    { case: 'updateWorker', value: { status: WorkerStatus.WS_FULL, load: 0.5, jobCount: 2 } },
    { kind: 'update_worker', status: 'full', load: 0.5, jobCount: 2 },
  ],
  [
    'a load report without a status',
    { case: 'updateWorker', value: { load: 0.25 } },
    { kind: 'update_worker', load: 0.25, jobCount: 0 },
  ],
  [
    'a job’s status',
    { case: 'updateJob', value: { jobId: 'AJ_1', status: JobStatus.JS_FAILED, error: 'no' } },
    { kind: 'update_job', jobId: 'AJ_1', status: 'failed', error: 'no' },
  ],
  ['a ping', { case: 'ping', value: { timestamp: 2n ** 62n } }, { kind: 'ping', timestamp: 2n ** 62n }],
  [
    'jobs to migrate',
    { case: 'migrateJob', value: { jobIds: ['AJ_1', 'x'] } },
    { kind: 'migrate_job', jobIds: ['AJ_1', 'x'] },
  ],
  [
    'a simulated job, without the room it names',
    { case: 'simulateJob', value: { room: { name: 'room' } } },
    { kind: 'simulate_job' },
  ],
  ['nothing', { case: undefined }, { kind: 'unknown' }],
];

describe('what a worker says', () => {
  it.each(READ_AS)('is read: %s', (_, words, expected) => {
    expect(read(frameOf(words))).toEqual(expected);
  });

  it('allows nothing to be published where every source it names is unknown, and all where it names none', () => {
    const base = new ParticipantPermission(PERMISSIONS).toBinary();
    const permissions = (sources: readonly number[]): Read =>
      read(field(1, field(7, joined(base, ...sources.map((source) => numberField(9, source))))));
    expect(permissions([9, 0])).toMatchObject({ permissions: { canPublish: false } });
    expect(permissions([2, 2, 9, 1])).toMatchObject({
      permissions: { canPublish: true, canPublishSources: ['camera', 'microphone'] },
    });
    expect(permissions([])).toHaveProperty('permissions', PERMISSIONS);
    expect(read(frameOf({ case: 'register', value: {} }))).not.toHaveProperty('permissions');
  });

  it('is never a text, also where the text would be a message in JSON', () => {
    const text = Buffer.from('{"ping":{"timestamp":"1"}}');
    expect(readWorkerFrame(text, false)).toEqual({ kind: 'unreadable', reason: 'text_frame' });
  });

  it.each([
    ['a name that is given twice as the last', bytes('0a06', '120161', '120162'), 'register'],
    ['fields that nobody knows', bytes('2a05080198063f'), 'ping'],
    ['a ping that is a number, which to LiveKit is none', bytes('2801'), 'unknown'],
    ['numbers longer than they need to be', bytes('aa8000', '848000', '8800', '8100'), 'ping'],
    ['a simulated job, whatever is in it', bytes('3203ffffff'), 'simulate_job'],
    ['a type of message that nobody knows', bytes('7a020801'), 'unknown'],
    ['a capacity that nobody knows', field(3, numberField(1, 7)), 'unknown'],
    ['a job’s status that nobody knows', field(4, numberField(2, -1)), 'unknown'],
    ['a message of no bytes', bytes(), 'unknown'],
    ['a frame cut in a length', bytes('2aff'), 'unreadable'],
    ['a frame cut in a field', bytes('2a0508'), 'unreadable'],
    ['a length beyond the frame', bytes('0affffffff0f'), 'unreadable'],
    ['a varint without an end', bytes('ffffffffffffffffffff'), 'unreadable'],
    ['field number zero', bytes('0200'), 'unreadable'],
    ['a number beyond 32 bits', bytes('aa80808020', '00'), 'unreadable'],
    ['a varint of eleven bytes', bytes('2a0c08', '80'.repeat(10), '00'), 'unreadable'],
    ['a group', bytes('a306a406'), 'unreadable'],
    ['a group within', bytes('2a04a306a406'), 'unreadable'],
    ['a group nobody closes', bytes('a306'), 'unreadable'],
    ['groups in groups in groups', bytes('a306'.repeat(30_000)), 'unreadable'],
  ])('is read as the decoder has it, and never passed on as it came: %s', (_, frame, kind) => {
    expect(read(frame).kind).toBe(kind);
  });

  it('keeps the last of an attribute given twice, and attributes that are words of JavaScript’s', () => {
    const entry = (key: string, value: string): Uint8Array =>
      field(7, joined(field(1, key), field(2, value)));
    const entries = [entry('a', 'b'), entry('a', 'c'), entry('__proto__', 'x'), entry('constructor', 'y')];
    const message = read(field(2, joined(...entries)));
    expect(message).toHaveProperty(
      'participantAttributes',
      new Map([
        ['a', 'c'],
        ['constructor', 'y'],
      ]),
    );
  });

  it.each([
    ['a simulated job that ends as a ping, to JavaScript', bytes('32020a00', '2800')],
    ['two kinds', bytes('2a020801', '3200')],
    ['one kind twice', bytes('2a02', '0801', '2a00')],
    ['32,000 kinds', bytes('2a00'.repeat(32_000))],
    ['a ping and a field that nobody knows', bytes('2a020801', '7800')],
    ['two fields that nobody knows', bytes('7800', '7800')],
  ])('is one message, and none where it is more: %s', (_, frame) => {
    expect(read(frame)).toEqual({ kind: 'unreadable', reason: 'malformed_frame' });
  });

  const many = (count: number, part: string): Uint8Array => bytes(part.repeat(count));
  it.each([
    ['of a list', 7, '1200'],
    ['of a map', 2, '3a00'],
    ['said again and again', 5, '0801'],
    ['that nobody knows', 3, '7800'],
  ])('has 1,024 fields at most: those %s', (_, number, part) => {
    expect(read(field(number, many(1024, part))).kind).not.toBe('unreadable');
    expect(read(field(number, many(1025, part))).kind).toBe('unreadable');
  });

  it.each([
    ['in a message within', field(1, field(7, many(30_000, '0801')))],
    ['in a list that is packed', field(1, field(7, field(9, many(1025, '01'))))],
    ['in an entry of a map', field(2, field(7, many(3, '0a00')))],
    ['behind a number said as a text', field(2, field(2, many(30_000, '3a00')))],
    ['behind a text said as a number', field(7, many(1000, '11' + '12001200120012ff'))],
    [
      'behind a text longer than its entry',
      field(2, joined(bytes('3a020a04'), field(6, many(9_000, '3a00')))),
    ],
    ['behind a field that no entry has', field(2, joined(bytes('3a021a00'), field(7, many(2, '0a00'))))],
    ['behind a list whose last number goes on', field(1, field(7, joined(bytes('4a0180'), bytes('0801'))))],
  ])('hides no more of them: %s', (_, frame) => {
    expect(read(frame)).toEqual({ kind: 'unreadable', reason: 'malformed_frame' });
  });

  it('that is too much is found so before it is decoded', () => {
    const frame = bytes('2a00'.repeat(32_000));
    const before = process.threadCpuUsage();
    for (let time = 0; time < 100; time += 1) {
      read(frame);
    }
    expect(process.threadCpuUsage(before).user).toBeLessThan(500_000); // microseconds; to decode takes ten times that
  });

  it('never throws and never lets a field through that the platform has no name for', () => {
    const names = new Set(READ_AS.flatMap(([, , message]) => Object.keys(message)).concat('reason'));
    const broken = fc
      .tuple(fc.constantFrom(...READ_AS), fc.uint8Array({ maxLength: 40 }), fc.nat(200))
      .map(([[, words], noise, at]) => {
        const frame = frameOf(words);
        const cut = at % (frame.length + 1);
        return Buffer.concat([frame.subarray(0, cut), noise, frame.subarray(cut)]);
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), broken), (frame) => {
        expect(Object.keys(read(frame)).filter((name) => !names.has(name))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});
