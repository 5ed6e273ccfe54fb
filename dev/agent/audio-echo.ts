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
  type RemoteTrackPublication,
  type Room,
} from '@livekit/rtc-node';
import { log } from './event-line.ts';
import { isSessionParticipant } from './session-participant.ts';

const SAMPLE_RATE = 48_000;
const CHANNELS = 1;

/** Plays what it hears back on a track of its own: raw frames, no processing. */
export class AudioEcho {
  readonly #room: Room;
  readonly #source = new AudioSource(SAMPLE_RATE, CHANNELS);

  /** Listens from here on, so that a microphone published before the agent came is not missed. */
  constructor(room: Room) {
    this.#room = room;
    room.on(
      RoomEvent.TrackSubscribed,
      (track: RemoteTrack, _: RemoteTrackPublication, participant: RemoteParticipant) => {
        if (!isSessionParticipant(participant) || track.kind !== TrackKind.KIND_AUDIO) return;
        this.#passThrough(track).catch((error: unknown) => {
          log('warn', 'the audio echo ended', { reason: String(error) });
        });
      },
    );
  }

  /** The track exists before there is anything to echo: the client then waits for sound, not for negotiation. */
  async publish(): Promise<void> {
    const track = LocalAudioTrack.createAudioTrack('echo', this.#source);
    const options = new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE, dtx: false });
    await this.#room.localParticipant?.publishTrack(track, options);
  }

  async #passThrough(track: RemoteTrack): Promise<void> {
    for await (const frame of new AudioStream(track, SAMPLE_RATE, CHANNELS))
      await this.#source.captureFrame(frame);
  }
}
