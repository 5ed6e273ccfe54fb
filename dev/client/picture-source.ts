import {
  LocalVideoTrack,
  TrackPublishOptions,
  VideoBufferType,
  VideoFrame,
  VideoSource,
  type LocalParticipant,
  type TrackSource,
} from '@livekit/rtc-node';

const WIDTH = 64;
const HEIGHT = 64;
const FRAME_EVERY_MS = 100;

/** Publishes a grey picture as that source and keeps it moving until told otherwise. Rejects when it is not published. */
export async function publishPicture(
  self: LocalParticipant,
  source: TrackSource,
  until: AbortSignal,
): Promise<void> {
  const picture = new VideoSource(WIDTH, HEIGHT);
  const i420 = new Uint8Array((WIDTH * HEIGHT * 3) / 2).fill(128);
  const sending = setInterval(() => {
    picture.captureFrame(new VideoFrame(i420, WIDTH, HEIGHT, VideoBufferType.I420));
  }, FRAME_EVERY_MS);
  const stop = (): void => {
    clearInterval(sending);
  };
  until.addEventListener('abort', stop, { once: true });
  const track = LocalVideoTrack.createVideoTrack('picture', picture);
  try {
    await self.publishTrack(track, new TrackPublishOptions({ source, simulcast: false }));
  } catch (error) {
    stop();
    throw error;
  }
}
