import {
  AudioFrame,
  AudioSource,
  LocalAudioTrack,
  TrackPublishOptions,
  TrackSource,
  type Room,
} from '@livekit/rtc-node';
import { toneSamples } from './tone.ts';

const SAMPLE_RATE = 48_000;
const FRAME_SAMPLES = SAMPLE_RATE / 50;
/** Capturing blocks when this much is queued, which paces the loop below. */
const QUEUE_MS = 200;

/** Publishes a tone as the microphone and keeps it sounding until told otherwise. */
export async function playTone(room: Room, hz: number, until: AbortSignal): Promise<void> {
  const source = await publishMicrophone(room);
  for (let sample = 0; !until.aborted; sample += FRAME_SAMPLES) {
    const samples = toneSamples(hz, SAMPLE_RATE, sample, FRAME_SAMPLES);
    await source.captureFrame(new AudioFrame(samples, SAMPLE_RATE, 1, FRAME_SAMPLES));
  }
  await source.close();
}

/** A microphone, silent until frames come. Rejects when it is not published. */
export async function publishMicrophone(room: Room): Promise<AudioSource> {
  const source = new AudioSource(SAMPLE_RATE, 1, QUEUE_MS);
  const track = LocalAudioTrack.createAudioTrack('tone', source);
  await room.localParticipant?.publishTrack(
    track,
    new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE, dtx: false }),
  );
  return source;
}
