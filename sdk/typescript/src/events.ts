import { EventEmitter } from 'node:events';
import { say } from './log.ts';
import { firstLine } from './redacted.ts';

/** What a program may want to know of the worker's life. Nothing in it grants anything. */
export interface WorkerEvents {
  /** Entra gave an access token. */
  readonly accessToken: { readonly ms: number };
  readonly registered: {
    readonly agentName: string;
    readonly livekitUrl: string;
    readonly expiresAt: string;
    readonly region: string;
    readonly requestId: string;
    /** What the platform took. */
    readonly ms: number;
  };
  /** A worker at the gateway; again after every reconnect. */
  readonly connected: { readonly workerId: string };
  readonly renewed: { readonly expiresAt: string; readonly requestId: string };
  readonly notRenewed: { readonly reason: string };
  /** Without a reason where somebody asked for it. */
  readonly stopping: { readonly reason?: string };
}

const EVENT_NAMES = [
  'accessToken',
  'registered',
  'connected',
  'renewed',
  'notRenewed',
  'stopping',
] as const satisfies readonly (keyof WorkerEvents)[];

type Listener<Name extends keyof WorkerEvents> = (event: WorkerEvents[Name]) => void;

/** Listeners are called at once, in order; what they throw is logged and goes no further. */
export class Events {
  readonly #emitter = new EventEmitter();

  /** @throws TypeError for an event that there is not */
  on<Name extends keyof WorkerEvents>(name: Name, listener: Listener<Name>): void {
    if (!EVENT_NAMES.includes(name))
      throw new TypeError(`there is no event ${name}, only ${EVENT_NAMES.join(', ')}`);
    this.#emitter.on(name, (event: WorkerEvents[Name]) => {
      try {
        listener(event);
      } catch (error) {
        say('error', 'a listener failed', { reason: firstLine(error) });
      }
    });
  }

  emit<Name extends keyof WorkerEvents>(name: Name, event: WorkerEvents[Name]): void {
    this.#emitter.emit(name, event);
  }
}
