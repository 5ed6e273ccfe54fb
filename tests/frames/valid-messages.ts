import { WorkerMessage } from '@livekit/protocol';
import type { Random } from '../fuzz/random.ts';
import { AGENT, JOBS, OTHER_AGENT, type Line } from './lines.ts';

/** As protobuf's JSON has it: there an enum may be any number. */
type Json = Parameters<typeof WorkerMessage.fromJson>[0];

const NAMES = [
  '',
  'x',
  'Eve',
  'name with spaces',
  'ünï🙂',
  '__proto__',
  'a'.repeat(300),
  '\u0000',
  '\uFEFFbom',
];
const KEYS = [
  'mood',
  '',
  '__proto__',
  'lk.agent.state',
  'LKPS.session_id',
  'lkps.user_id',
  'constructor',
  '🙂',
];
const LOADS = [0, 0.25, 1, -1, 1.0000001, 7, 'NaN', 'Infinity', '-Infinity', 1e-45, 3.4e38];
const NUMBERS = [0, 1, 2, 3, 7, 255, 65_536, 4_294_967_295];
const ENUMS = [0, 0, 1, 1, 2, 3, 99, -1, 2_147_483_647];
const TIMES = ['0', '1', '-1', '1700000000000', '9223372036854775807', '-9223372036854775808'];
const FLAGS = [
  'canPublish',
  'canSubscribe',
  'canPublishData',
  'canUpdateMetadata',
  'hidden',
  'recorder',
  'agent',
  'canSubscribeMetrics',
  'canManageAgentSession',
];

/** What a library that is not hostile could send, whether or not it should just now. */
export function validMessage(random: Random, line: Line): Uint8Array {
  // A line that is not registered hears a register often enough to get anywhere.
  const isOpening = line.phase === 'opening' && random.chance(0.7);
  const [kind, make] = isOpening ? REGISTER : random.pick(MESSAGES);
  return WorkerMessage.fromJson({ [kind]: make(random) }).toBinary();
}

type Message = readonly [kind: string, make: (random: Random) => Json];

const REGISTER: Message = [
  'register',
  (random) => ({
    type: random.chance(0.9) ? 0 : random.pick(ENUMS),
    agentName: random.chance(0.85) ? random.pick(['', AGENT]) : random.pick([OTHER_AGENT, ...NAMES]),
    version: random.pick(['1.4.6', ...NAMES]),
    pingInterval: random.pick(NUMBERS),
    ...(random.chance(0.3) ? { namespace: random.pick(['', 'tap', ...NAMES]) } : {}),
    ...(random.chance(0.3) ? { deployment: random.pick(NAMES) } : {}),
    ...(random.chance(0.6) ? { allowedPermissions: permissions(random) } : {}),
  }),
];

const MESSAGES: readonly Message[] = [
  REGISTER,
  [
    'availability',
    (random) => ({
      jobId: jobId(random),
      available: random.chance(0.8),
      supportsResume: random.chance(0.3),
      terminate: random.chance(0.3),
      participantName: random.pick(NAMES),
      participantIdentity: random.pick(['', 'ada', 'agent-AJ_one', ...NAMES]),
      participantMetadata: random.chance(0.95) ? random.pick(NAMES) : 'm'.repeat(5000),
      participantAttributes: attributes(random),
    }),
  ],
  [
    'updateWorker',
    (random) => ({
      ...(random.chance(0.7) ? { status: random.pick(ENUMS) } : {}),
      load: random.pick(LOADS),
      jobCount: random.pick(NUMBERS),
    }),
  ],
  [
    'updateJob',
    (random) => ({
      jobId: jobId(random),
      status: random.pick(ENUMS),
      error: random.pick([...NAMES, '🙂'.repeat(700)]),
    }),
  ],
  ['ping', (random) => ({ timestamp: random.pick(TIMES) })],
  [
    'simulateJob',
    (random) => ({
      type: random.pick(ENUMS),
      room: { name: 's-victim' },
      ...(random.chance(0.3) ? { participant: { identity: 'ada' } } : {}),
    }),
  ],
  ['migrateJob', (random) => ({ jobIds: Array.from({ length: random.below(6) }, () => jobId(random)) })],
];

function jobId(random: Random): string {
  return random.chance(0.85)
    ? random.pick(JOBS)
    : random.pick(['', 'AJ_', 'AJ_other', 'not a job', 'AJ_\u0000']);
}

function attributes(random: Random): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: random.below(5) }, () => [random.pick(KEYS), random.pick(NAMES)] as const),
  );
}

function permissions(random: Random): Json {
  return {
    ...Object.fromEntries(FLAGS.map((name) => [name, random.chance(0.5)])),
    canPublishSources: Array.from({ length: random.below(4) }, () => random.below(7)),
  };
}
