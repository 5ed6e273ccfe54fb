import { ParticipantKind, RoomEvent, type RemoteParticipant, type Room } from '@livekit/rtc-node';

/** Listens from before the join on, so that an agent that comes in between is not missed. */
export function agentIn(room: Room): () => Promise<RemoteParticipant> {
  let consider: (participant: RemoteParticipant) => void = () => undefined;
  const agent = new Promise<RemoteParticipant>((resolve) => {
    consider = (participant) => {
      if (participant.kind === ParticipantKind.AGENT) resolve(participant);
    };
  });
  room.on(RoomEvent.ParticipantConnected, consider);
  return () => {
    for (const participant of room.remoteParticipants.values()) consider(participant);
    return agent;
  };
}
