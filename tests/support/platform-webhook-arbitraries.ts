import fc from 'fast-check';
import type { RoomName } from '../../core/index.ts';
import { AGENT, CLIENT } from './platform-cast.ts';

const EVENTS = [
  ...[
    'room_started',
    'room_finished',
    'participant_joined',
    'participant_left',
    'participant_connection_aborted',
  ],
  ...['track_published', 'egress_ended', '', 'toString'],
];

const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 2 }));
const orAnything = <T>(right: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 20, arbitrary: right }, anything);
const millis = fc.oneof(
  fc.constantFrom('1790000000001', '0', '-1', '9223372036854775807', '1e3', '1.5', ''),
  fc.integer(),
);

/** LiveKit's proto3 JSON, with any field missing or of any other shape; the room is filled in when it is known. */
const eventFields = fc.record(
  {
    event: orAnything(fc.constantFrom(...EVENTS)),
    id: orAnything(fc.constantFrom('EV_1', 'EV_2', '', 'x'.repeat(5000))),
    createdAt: orAnything(millis),
    room: orAnything(
      fc.record(
        {
          name: orAnything(fc.constantFrom('OURS', 'their-room', 's-', '')),
          sid: orAnything(fc.constantFrom('RM_memory000001', 'RM_other', '', 'nonsense')),
          creationTime: orAnything(millis),
          creationTimeMs: orAnything(millis),
        },
        { requiredKeys: ['name', 'sid'] },
      ),
    ),
    participant: orAnything(
      fc.record(
        {
          sid: orAnything(fc.constantFrom('PA_1', 'PA_2', '')),
          identity: orAnything(fc.constantFrom(`app-${CLIENT}`, 'agent-AJ_1', '')),
          kind: orAnything(fc.constantFrom('AGENT', 'STANDARD', 4, 99)),
          attributes: orAnything(
            fc.dictionary(fc.constantFrom('lk.agent_name', '__proto__'), fc.constant(AGENT)),
          ),
          disconnectReason: orAnything(fc.constantFrom('CLIENT_INITIATED', 2, 99)),
        },
        { requiredKeys: ['sid'] },
      ),
    ),
    unheardOf: anything,
  },
  { requiredKeys: ['event', 'id', 'room'] },
);

/** A webhook body, about a room that becomes known later. */
export const webhookBodies: fc.Arbitrary<(room: RoomName) => Uint8Array> = fc.oneof(
  {
    weight: 6,
    arbitrary: eventFields.map((event) => (room: RoomName) => {
      return new TextEncoder().encode(JSON.stringify(event).replaceAll('"OURS"', JSON.stringify(room)));
    }),
  },
  { weight: 1, arbitrary: fc.json({ maxDepth: 3 }).map((text) => () => new TextEncoder().encode(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => () => bytes) },
);
