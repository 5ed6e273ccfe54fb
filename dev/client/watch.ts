import {
  DisconnectReason,
  ParticipantKind,
  RoomEvent,
  TrackSource,
  type Participant,
  type RemoteParticipant,
  type RemoteTrack,
  type RemoteTrackPublication,
  type Room,
} from '@livekit/rtc-node';
import { emit } from './event-line.ts';

/** Prints whatever happens in the room. */
export function watch(room: Room): void {
  room.on(RoomEvent.ParticipantConnected, (participant: RemoteParticipant) => {
    sayJoined(participant, false);
  });
  room.on(RoomEvent.ParticipantDisconnected, (participant: RemoteParticipant) => {
    const reason = participant.disconnectReason;
    emit({
      event: 'participant_left',
      identity: participant.identity,
      kind: ParticipantKind[participant.kind],
      reason: reason === undefined ? 'UNKNOWN_REASON' : DisconnectReason[reason],
    });
  });
  room.on(
    RoomEvent.DataReceived,
    (payload: Uint8Array, from?: RemoteParticipant, _kind?: unknown, topic?: string) => {
      const text = Buffer.from(payload).toString('utf8');
      emit({
        event: 'data',
        from: from?.identity ?? null,
        topic: topic ?? null,
        text,
        bytes: payload.length,
      });
    },
  );
  room.on(
    RoomEvent.ParticipantAttributesChanged,
    (changed: Record<string, string>, participant: Participant) => {
      emit({ event: 'attributes_changed', identity: participant.identity, changed });
    },
  );
  room.on(
    RoomEvent.TrackSubscribed,
    (_: RemoteTrack, { source }: RemoteTrackPublication, { identity }: RemoteParticipant) => {
      emit({ event: 'track', from: identity, source: nameOf(source) });
    },
  );
  room.on(RoomEvent.Disconnected, (reason: DisconnectReason) => {
    if (reason !== DisconnectReason.CLIENT_INITIATED)
      emit({ event: 'disconnected', reason: DisconnectReason[reason] });
  });
}

export function sayJoined(participant: RemoteParticipant, alreadyThere: boolean): void {
  emit({
    event: 'participant_joined',
    identity: participant.identity,
    kind: ParticipantKind[participant.kind],
    already_there: alreadyThere,
    attributes: participant.attributes,
  });
}

function nameOf(source: TrackSource | undefined): string {
  return source === undefined ? 'UNKNOWN' : TrackSource[source].replace('SOURCE_', '');
}
