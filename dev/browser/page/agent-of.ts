import {
  ParticipantKind,
  type RemoteParticipant,
  type RemoteTrack,
  type Room,
  RoomEvent,
  Track,
} from 'livekit-client';

/** The session's agent: in the room already, or the first to come. */
export function agentOf(room: Room): Promise<RemoteParticipant> {
  return new Promise((resolve) => {
    const consider = (participant: RemoteParticipant): void => {
      if (participant.kind === ParticipantKind.AGENT) resolve(participant);
    };
    room.on(RoomEvent.ParticipantConnected, consider);
    room.remoteParticipants.forEach(consider);
  });
}

/** The agent's audio track: subscribed already, or the next one that is. */
export function voiceOf(room: Room, agent: RemoteParticipant): Promise<RemoteTrack> {
  return new Promise((resolve) => {
    room.on(RoomEvent.TrackSubscribed, (track, _, participant) => {
      if (participant.identity === agent.identity && track.kind === Track.Kind.Audio) resolve(track);
    });
    for (const { track } of agent.trackPublications.values()) {
      if (track?.kind === Track.Kind.Audio) resolve(track);
    }
  });
}
