import {
  AudioStream,
  ParticipantKind,
  RemoteAudioTrack,
  RoomEvent,
  type RemoteParticipant,
  type RemoteTrackPublication,
  type Room,
  type Track,
} from '@livekit/rtc-node';
import { judgeTone, type ToneVerdict } from './tone-verdict.ts';

const SAMPLE_RATE = 48_000;
/** The newest second is judged: a resolution of 1.5 Hz. */
const WINDOW_SAMPLES = SAMPLE_RATE;
const JUDGE_EVERY_SAMPLES = SAMPLE_RATE / 5;

/** The agent's audio: already subscribed, or the next one that is. */
export function agentAudio(room: Room): Promise<RemoteAudioTrack> {
  return new Promise((resolve) => {
    const consider = (track: Track | undefined, participant: RemoteParticipant): void => {
      if (participant.kind === ParticipantKind.AGENT && track instanceof RemoteAudioTrack) resolve(track);
    };
    room.on(RoomEvent.TrackSubscribed, (track: Track, _: RemoteTrackPublication, participant) => {
      consider(track, participant);
    });
    for (const participant of room.remoteParticipants.values()) {
      for (const publication of participant.trackPublications.values())
        consider(publication.track, participant);
    }
  });
}

/** Judges the newest second of a track five times a second until one of them holds the tone, or told to stop. */
export async function* verdicts(
  track: RemoteAudioTrack,
  hz: number,
  until: AbortSignal,
): AsyncGenerator<ToneVerdict> {
  const reader = new AudioStream(track, SAMPLE_RATE, 1).getReader();
  const stop = (): void => void reader.cancel();
  until.addEventListener('abort', stop);
  const window = new Int16Array(WINDOW_SAMPLES);
  try {
    for (let received = 0, judged = WINDOW_SAMPLES - JUDGE_EVERY_SAMPLES; !until.aborted;) {
      const { done, value: frame } = await reader.read();
      if (done) return;
      window.copyWithin(0, frame.data.length);
      window.set(frame.data, WINDOW_SAMPLES - frame.data.length);
      received += frame.data.length;
      if (received - judged < JUDGE_EVERY_SAMPLES) continue;
      judged = received;
      yield judgeTone(window, SAMPLE_RATE, hz);
    }
  } finally {
    until.removeEventListener('abort', stop);
    await reader.cancel();
  }
}
