/** Plays back to the client what the client says, as it hears it. */
import { fileURLToPath } from 'node:url';
import { defineAgent, Worker, type JobContext } from '@livekit-platform/agents';
import {
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  ParticipantKind,
  RemoteAudioTrack,
  RoomEvent,
  TrackPublishOptions,
  TrackSource,
} from '@livekit/rtc-node';

const SAMPLE_RATE = 48_000;
const CHANNELS = 1;

async function entry(ctx: JobContext): Promise<void> {
  const voice = new AudioSource(SAMPLE_RATE, CHANNELS);
  ctx.room.on(RoomEvent.TrackSubscribed, (track, _publication, speaker) => {
    const isClient = speaker.kind === ParticipantKind.STANDARD;
    if (isClient && track instanceof RemoteAudioTrack) void playBack(track, voice);
  });
  await ctx.connect();
  await ctx.agent?.publishTrack(
    LocalAudioTrack.createAudioTrack('echo', voice),
    new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE, dtx: false }),
  );
}

async function playBack(track: RemoteAudioTrack, voice: AudioSource): Promise<void> {
  for await (const frame of new AudioStream(track, SAMPLE_RATE, CHANNELS)) await voice.captureFrame(frame);
}

export default defineAgent({ entry });

new Worker({ agent: fileURLToPath(import.meta.url) }).run();
