import {
  AudioFrame,
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  LocalVideoTrack,
  RemoteAudioTrack,
  RoomEvent,
  TrackPublishOptions,
  TrackSource,
  VideoBufferType,
  VideoFrame,
  VideoSource,
  type Room,
} from '@livekit/rtc-node';

const [WIDTH, HEIGHT] = [320, 240];
const SAMPLE_RATE = 48_000;
const TONE_HZ = 440;
const AUDIBLE = 1000;
const RGBA = { red: [250, 20, 20, 255], green: [20, 250, 20, 255], blue: [20, 20, 250, 255] };

/** In place of a camera, a picture of one colour. */
export async function showColour(room: Room, name: string): Promise<void> {
  const pixel = new Map<string, readonly number[]>(Object.entries(RGBA)).get(name);
  if (pixel === undefined) throw new Error(`--camera is one of ${Object.keys(RGBA).join(', ')}`);
  const source = new VideoSource(WIDTH, HEIGHT);
  const data = Uint8Array.from({ length: WIDTH * HEIGHT * 4 }, (_, at) => pixel[at % 4] ?? 0);
  setInterval(() => {
    source.captureFrame(new VideoFrame(data, WIDTH, HEIGHT, VideoBufferType.RGBA));
  }, 100).unref();
  await room.localParticipant?.publishTrack(
    LocalVideoTrack.createVideoTrack('camera', source),
    new TrackPublishOptions({ source: TrackSource.SOURCE_CAMERA }),
  );
}

/** In place of a microphone, a tone. */
export async function soundTone(room: Room): Promise<void> {
  const source = new AudioSource(SAMPLE_RATE, 1);
  await room.localParticipant?.publishTrack(
    LocalAudioTrack.createAudioTrack('tone', source),
    new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE, dtx: false }),
  );
  void sound(source);
}

async function sound(source: AudioSource): Promise<never> {
  for (let from = 0; ; from += 480) {
    const samples = Int16Array.from({ length: 480 }, (_, at) =>
      Math.round(12_000 * Math.sin((2 * Math.PI * TONE_HZ * (from + at)) / SAMPLE_RATE)),
    );
    await source.captureFrame(new AudioFrame(samples, SAMPLE_RATE, 1, samples.length));
  }
}

/** The pitch of what the agent sounds, by the second half of its first second. */
export function pitchOf(room: Room): Promise<number> {
  return new Promise((resolve) => {
    room.on(RoomEvent.TrackSubscribed, (track) => {
      if (track instanceof RemoteAudioTrack) void listen(track).then(resolve);
    });
  });
}

async function listen(track: RemoteAudioTrack): Promise<number> {
  let crossings = 0;
  let heard = 0;
  let last = 0;
  for await (const { data } of new AudioStream(track, SAMPLE_RATE, 1)) {
    if (!data.some((sample) => Math.abs(sample) > AUDIBLE)) continue;
    heard += data.length;
    if (heard <= SAMPLE_RATE / 2) continue;
    for (const sample of data) {
      if (last < 0 && sample >= 0) crossings += 1;
      last = sample;
    }
    if (heard >= SAMPLE_RATE) break;
  }
  return Math.round((crossings * SAMPLE_RATE) / (heard - SAMPLE_RATE / 2));
}
