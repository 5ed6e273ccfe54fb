import { field, group, joined, numberField, tag, varint, WIRE } from '../frames/wire.ts';
import { patiently, registered, type Attack } from './attack-scene.ts';

/** Field numbers of livekit_agent.proto and livekit_models.proto. */
const [PING, SIMULATE_JOB] = [5, 6];
const [TYPE, ROOM, PARTICIPANT] = [1, 2, 3];
const NAME = 2;

const wish = (room: string): Uint8Array => field(ROOM, field(NAME, room));

/** What every server of the protocol takes for an order. */
export const simulateJob = (room: string): Uint8Array => field(SIMULATE_JOB, wish(room));

/**
 * `SimulateJob`: LiveKit makes a job in any room that the worker names, and a token for it. All of these are one to LiveKit;
 * what they are to others is why no received byte may be passed on.
 */
const FRAMES: Readonly<Record<string, (room: string) => Uint8Array | string>> = {
  plain: simulateJob,
  'with 28 00 behind it: a ping, to JavaScript': (room) => joined(simulateJob(room), numberField(PING, 0)),
  'with every other message behind it, of a wrong type': (room) =>
    joined(simulateJob(room), ...[1, 2, 3, 4, 5, 7].map((number) => numberField(number, 0))),
  'behind a ping': (room) => joined(field(PING, numberField(1, 7)), simulateJob(room)),
  'behind an answer': (room) => joined(field(2, field(1, 'AJ_x')), simulateJob(room)),
  'in two parts': (room) => joined(simulateJob(room), field(SIMULATE_JOB, numberField(TYPE, 0))),
  'with its name said twice': (room) =>
    joined(field(SIMULATE_JOB, joined(wish('elsewhere'), wish(room))), field(SIMULATE_JOB, new Uint8Array())),
  'as a publisher': (room) =>
    field(SIMULATE_JOB, joined(numberField(TYPE, 1), wish(room), field(PARTICIPANT, field(2, 'somebody')))),
  'in numbers longer than they need to be': (room) =>
    joined(tag(SIMULATE_JOB, WIRE.bytes, 3), varint(wish(room).length, 4), wish(room)),
  'among fields that nobody knows': (room) =>
    joined(
      field(2000, 'x'),
      field(
        SIMULATE_JOB,
        joined(numberField(99, 1), field(ROOM, joined(field(NAME, room), field(900, 'y')))),
      ),
      numberField(536_870_911, 1),
    ),
  'behind a group': (room) => joined(group(77, group(78, numberField(1, 1))), simulateJob(room)),
  'as text': (room) => JSON.stringify({ simulateJob: { room: { name: room } } }),
};

/** More than one field, or none that libraries write. */
const MALFORMED: ReadonlySet<string> = new Set([
  'with 28 00 behind it: a ping, to JavaScript',
  'with every other message behind it, of a wrong type',
  'behind a ping',
  'behind an answer',
  'in two parts',
  'with its name said twice',
  'among fields that nobody knows',
  'behind a group',
]);

/** All of them, for one room. */
export function simulations(room: string): readonly (Uint8Array | string)[] {
  return Object.values(FRAMES).map((frame) => frame(room));
}

export const SIMULATIONS: readonly Attack[] = Object.entries(FRAMES).map(([name, frame]) => ({
  name: `SimulateJob, ${name}`,
  refusal: MALFORMED.has(name) ? 'malformed_frame' : name === 'as text' ? 'text_frame' : 'simulate_job',
  run: async (scene) => {
    const worker = await registered(scene);
    worker.send(frame(scene.room));
    return patiently(scene, worker);
  },
}));
