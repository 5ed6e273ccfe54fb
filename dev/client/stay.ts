import { setTimeout } from 'node:timers/promises';
import {
  DisconnectReason,
  ParticipantKind,
  Room,
  RoomEvent,
  type Participant,
  type RemoteParticipant,
} from '@livekit/rtc-node';
import { emit } from './event-line.ts';
import { interruptedByLoss, join, leave, type Access } from './joining.ts';

/** A witness: stays in the room and prints whatever happens there, until the time is over, stopped, or put out. */
export async function stay(access: Access, seconds: number, interruption: AbortSignal): Promise<void> {
  const room = new Room();
  watch(room);
  const over = interruptedByLoss(room, interruption);
  await join(room, access, over);
  for (const participant of room.remoteParticipants.values()) sayJoined(participant, true);
  await setTimeout(seconds * 1000, undefined, { signal: over }).catch(() => undefined);
  await leave(room);
}

function watch(room: Room): void {
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
  room.on(RoomEvent.Disconnected, (reason: DisconnectReason) => {
    if (reason !== DisconnectReason.CLIENT_INITIATED)
      emit({ event: 'disconnected', reason: DisconnectReason[reason] });
  });
}

function sayJoined(participant: RemoteParticipant, alreadyThere: boolean): void {
  emit({
    event: 'participant_joined',
    identity: participant.identity,
    kind: ParticipantKind[participant.kind],
    already_there: alreadyThere,
    attributes: participant.attributes,
  });
}
