import { ParticipantKind, RoomEvent, type RemoteParticipant, type Room } from '@livekit/rtc-node';

/** In every participant token of LKPS, and not the participant's to change. */
const SESSION_ATTRIBUTE = 'lkps.session_id';

/** The one the session was started for. An agent may write attributes on itself, so the kind counts too. */
export function isSessionParticipant({ info, attributes }: RemoteParticipant): boolean {
  return info.kind === ParticipantKind.STANDARD && attributes[SESSION_ATTRIBUTE] !== undefined;
}

/** Its identity, as soon as it is announced: the server may take 3 s for somebody who publishes nothing. */
export function sessionParticipant(room: Room): Promise<string> {
  return new Promise((resolve) => {
    const consider = (participant: RemoteParticipant): void => {
      if (isSessionParticipant(participant)) resolve(participant.identity);
    };
    room.on(RoomEvent.ParticipantConnected, consider);
    for (const participant of room.remoteParticipants.values()) consider(participant);
  });
}
