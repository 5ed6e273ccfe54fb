import { type Room, RoomEvent, TokenSource } from 'livekit-client';

/** `sessionUrl` ends in `/api/session/start`; `entraToken` is an Entra access token for the platform. */
export async function startSession(
  room: Room,
  { sessionUrl, agentAppId, entraToken }: { sessionUrl: string; agentAppId: string; entraToken: string },
): Promise<void> {
  // A new source for every session: an old one would hand out its cached token, for a room that is gone.
  const tokenSource = TokenSource.endpoint(sessionUrl, {
    headers: { authorization: `Bearer ${entraToken}` },
  });
  const { serverUrl, participantToken } = await tokenSource.fetch({ agentName: agentAppId });

  room.on(RoomEvent.TrackSubscribed, (track) => {
    document.body.append(track.attach());
  });
  await room.connect(serverUrl, participantToken);
  await room.localParticipant.setMicrophoneEnabled(true);
}
