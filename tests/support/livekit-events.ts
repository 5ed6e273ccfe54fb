import fc from 'fast-check';
import type { LiveKitEvent } from '../../core/index.ts';

/** An ordinary event, with everything in it that a session may need. */
export const SAMPLE_EVENT: LiveKitEvent = {
  eventId: 'EV_sample',
  event: 'participant_left',
  room: { name: 's-0123456789abcdef0123456789abcdef', sid: 'RM_sample', creationTimeMs: 1_790_000_000_123 },
  participant: { sid: 'PA_sample', identity: 'user-1b4e28ba-2fa1-41d2-883f-0016d3cca427' },
  disconnectReason: 'CLIENT_INITIATED',
};

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const REASONS = [
  'CLIENT_INITIATED',
  'DUPLICATE_IDENTITY',
  'PARTICIPANT_REMOVED',
  'ROOM_DELETED',
  'ROOM_CLOSED',
];
const NAMES = ['room_started', 'room_finished', 'participant_joined', 'participant_connection_aborted'];

/** Events as LiveKit may send them, also about rooms and of kinds that are not the platform's. */
export const liveKitEvents: fc.Arbitrary<LiveKitEvent> = fc
  .record(
    {
      eventId: fc.stringMatching(/^EV_[A-Za-z0-9]{1,20}$/),
      event: fc.oneof(fc.constantFrom(...NAMES), text),
      room: fc.record({ name: text, sid: text, creationTimeMs: fc.integer({ min: 1000, max: 2 ** 45 }) }),
      participant: fc.record(
        { sid: text, identity: text, agentName: text },
        { requiredKeys: ['sid', 'identity'] },
      ),
      disconnectReason: fc.constantFrom(...REASONS),
    },
    { requiredKeys: ['eventId', 'event'] },
  )
  .map(({ disconnectReason, ...event }) =>
    event.participant === undefined || disconnectReason === undefined
      ? event
      : { ...event, disconnectReason },
  );

/** The same event in LiveKit's own words: proto3 JSON, int64 as text. */
export function encodeAsLiveKit(event: LiveKitEvent): Uint8Array {
  const { room, participant, disconnectReason } = event;
  const json = {
    id: event.eventId,
    event: event.event,
    createdAt: '1790000000',
    ...(room === undefined
      ? {}
      : {
          room: {
            name: room.name,
            sid: room.sid,
            creationTime: String(Math.floor(room.creationTimeMs / 1000)),
            creationTimeMs: String(room.creationTimeMs),
            turnPassword: 'turn-password-canary',
          },
        }),
    ...(participant === undefined
      ? {}
      : {
          participant: {
            sid: participant.sid,
            identity: participant.identity,
            ...(participant.agentName === undefined
              ? {}
              : { kind: 'AGENT', attributes: { 'lk.agent_name': participant.agentName } }),
            ...(disconnectReason === undefined ? {} : { disconnectReason }),
          },
        }),
  };
  return new TextEncoder().encode(JSON.stringify(json));
}
