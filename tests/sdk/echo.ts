import {
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  RoomEvent,
  TrackKind,
  TrackPublishOptions,
  TrackSource,
  type RemoteParticipant,
  type RemoteTrack,
  type Room,
} from '@livekit/rtc-node';

const RATE = 48_000;

/** What the stack's client asks of an agent: its own data back, on the topic of replies. */
export function echoData(room: Room): void {
  room.on(
    RoomEvent.DataReceived,
    (data: Uint8Array, from?: RemoteParticipant, _?: unknown, topic?: string) => {
      if (topic !== 'lkps.echo' || from === undefined) return;
      const to = { reliable: true, destination_identities: [from.identity], topic: 'lkps.echo.reply' };
      void room.localParticipant?.publishData(data, to).catch(() => undefined);
    },
  );
}

/** And its own sound. */
export function echoAudio(room: Room): void {
  room.on(RoomEvent.TrackSubscribed, (track: RemoteTrack) => {
    if (track.kind === TrackKind.KIND_AUDIO) void passThrough(room, track).catch(() => undefined);
  });
}

async function passThrough(room: Room, track: RemoteTrack): Promise<void> {
  const source = new AudioSource(RATE, 1);
  const own = LocalAudioTrack.createAudioTrack('echo', source);
  const options = new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE, dtx: false });
  await room.localParticipant?.publishTrack(own, options);
  for await (const frame of new AudioStream(track, RATE, 1)) await source.captureFrame(frame);
}
