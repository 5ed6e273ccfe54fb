import type { WebSocket } from 'ws';
import type { CloseReason } from './close-reason.ts';
import type { GatewayLimits } from './gateway-limits.ts';
import { Pace } from './pace.ts';
import { Side, type SideFailure } from './side.ts';

export interface Sockets {
  readonly worker: WebSocket;
  readonly livekit: WebSocket;
}

export interface WireEvents {
  readonly workerSaid: (frame: Uint8Array, isBinary: boolean) => void;
  readonly livekitSaid: (frame: Uint8Array, isBinary: boolean) => void;
  /** It should be closed; said more than once. */
  readonly failed: (reason: CloseReason) => void;
}

const NORMAL_CLOSURE = 1000;

const WORKER_FAILURES: Readonly<Record<SideFailure, CloseReason>> = {
  gone: 'worker_gone',
  silent: 'worker_silent',
  stalled: 'worker_stalled',
  message_too_large: 'message_too_large',
  protocol_error: 'protocol_error',
};

/**
 * The two sockets of a connection. Neither is read faster than the other takes what comes of it, and the worker never
 * faster than its pace.
 */
export class Wire {
  /** Resolves when both sockets are closed. */
  readonly over: Promise<void>;
  readonly #worker: Side;
  readonly #livekit: Side;
  readonly #pace: Pace;

  /** Both sockets are open. */
  constructor(sockets: Sockets, limits: GatewayLimits, { workerSaid, livekitSaid, failed }: WireEvents) {
    this.#pace = new Pace(limits, {
      waiting: (isWaiting) => {
        hold(this.#worker, 'pace', isWaiting);
      },
      overflow: () => {
        failed('too_many_messages');
      },
    });
    const [workerOver, endWorker] = signal();
    const [livekitOver, endLivekit] = signal();
    this.over = Promise.all([workerOver, livekitOver]).then(() => undefined);
    this.#worker = new Side(sockets.worker, limits, {
      said: (frame, isBinary) => {
        this.#pace.take(frame.length, () => {
          workerSaid(frame, isBinary);
        });
      },
      controlled: (bytes) => {
        this.#pace.take(bytes, () => undefined);
      },
      lagging: (isLagging) => {
        hold(this.#livekit, 'other_side', isLagging);
      },
      failed: (failure) => {
        failed(WORKER_FAILURES[failure]);
      },
      over: endWorker,
    });
    this.#livekit = new Side(sockets.livekit, limits, {
      said: livekitSaid,
      controlled: () => undefined,
      lagging: (isLagging) => {
        hold(this.#worker, 'other_side', isLagging);
      },
      failed: () => {
        failed('livekit_gone');
      },
      over: endLivekit,
    });
  }

  tellWorker(frame: Uint8Array): void {
    this.#worker.send(frame);
  }

  tellLivekit(frame: Uint8Array): void {
    this.#livekit.send(frame);
  }

  /** What was said to either side before still gets there. */
  close(code: number, reason: string): void {
    this.#pace.stop();
    this.#livekit.close(NORMAL_CLOSURE, '');
    this.#worker.close(code, reason);
  }
}

function hold(side: Side, why: 'pace' | 'other_side', isHeld: boolean): void {
  if (isHeld) {
    side.hold(why);
  } else {
    side.release(why);
  }
}

function signal(): readonly [Promise<void>, () => void] {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return [ended, end];
}
