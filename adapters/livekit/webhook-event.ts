import { DisconnectReason, ParticipantInfo_Kind } from '@livekit/protocol';
import { WebhookEvent } from 'livekit-server-sdk';
import { LkpsError, type LiveKitEvent } from '../../core/index.ts';
import { creationTimeMs } from './room-time.ts';

/** No other: the service's own facts about a session are named otherwise, and none may be mistaken for one. */
const EVENT_ID = /^EV_[A-Za-z0-9_-]{1,64}$/;

/**
 * LiveKit's proto3 JSON, cut down to what a session needs. Everything else stays out of the service: bodies carry TURN
 * passwords.
 *
 * @throws LkpsError `malformed_json`.
 */
export function parseWebhookEvent(body: Uint8Array): LiveKitEvent {
  try {
    return toLiveKitEvent(
      WebhookEvent.fromJsonString(new TextDecoder('utf-8', { fatal: true }).decode(body), {
        ignoreUnknownFields: true,
      }),
    );
  } catch {
    throw new LkpsError('malformed_json', 'the webhook body is not an event');
  }
}

function toLiveKitEvent(event: WebhookEvent): LiveKitEvent {
  if (!EVENT_ID.test(event.id)) {
    throw new RangeError('not an id of an event');
  }
  const { room, participant } = event;
  return {
    eventId: event.id,
    event: event.event,
    ...(room === undefined
      ? {}
      : { room: { name: room.name, sid: room.sid, creationTimeMs: creationTimeMs(room) } }),
    ...(participant === undefined ? {} : { participant: seen(participant), ...whyItLeft(participant) }),
  };
}

type Participant = NonNullable<WebhookEvent['participant']>;

function seen({ sid, identity, kind, attributes }: Participant): NonNullable<LiveKitEvent['participant']> {
  const agentName = kind === ParticipantInfo_Kind.AGENT ? (attributes['lk.agent_name'] ?? '') : undefined;
  return { sid, identity, ...(agentName === undefined ? {} : { agentName }) };
}

/** A reason that a newer server has and this enum has not is as good as none. */
function whyItLeft({ disconnectReason }: Participant): { readonly disconnectReason?: string } {
  return disconnectReason === DisconnectReason.UNKNOWN_REASON || !(disconnectReason in DisconnectReason)
    ? {}
    : { disconnectReason: DisconnectReason[disconnectReason] };
}
