import type { Room } from '@livekit/rtc-node';
import { emit } from './event-line.ts';
import { msSince } from './joining.ts';
import { agentAudio, verdicts } from './tone-listener.ts';
import { playTone } from './tone-source.ts';

/** A tone sent to the agent and listened for until it comes back. */
export class AudioEcho {
  readonly #room: Room;
  readonly #toneHz: number;
  #lastHeard = 'the agent published no audio';

  constructor(room: Room, toneHz: number) {
    this.#room = room;
    this.#toneHz = toneHz;
  }

  /** Why the tone is not accepted yet. */
  get lastHeard(): string {
    return this.#lastHeard;
  }

  /** Resolves once the agent's audio track carried the tone; rejects when playing fails or the track ends before. */
  async run(interruption: AbortSignal): Promise<void> {
    const done = new AbortController();
    const until = AbortSignal.any([done.signal, interruption]);
    const playing = playTone(this.#room, this.#toneHz, until);
    try {
      await Promise.race([this.#listen(until), playing.then(() => this.#listenedInVain())]);
    } finally {
      done.abort();
      await playing.catch(() => undefined);
    }
  }

  async #listen(until: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    const track = await agentAudio(this.#room);
    this.#lastHeard = 'the agent sent no second of audio';
    for await (const verdict of verdicts(track, this.#toneHz, until)) {
      if (verdict.heard) {
        const measured = { heard_hz: Number(verdict.hz.toFixed(1)), share: Number(verdict.share.toFixed(3)) };
        emit({ event: 'audio_echoed', sent_hz: this.#toneHz, ...measured, ms: msSince(startedAt) });
        return;
      }
      this.#lastHeard = verdict.reason;
    }
    this.#listenedInVain();
  }

  #listenedInVain(): never {
    throw new Error(`the audio ended; ${this.#lastHeard}`);
  }
}
