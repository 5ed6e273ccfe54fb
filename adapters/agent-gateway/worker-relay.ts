import { setTimeout as delay } from 'node:timers/promises';
import {
  openLine,
  step,
  type LineEffect,
  type LineEvent,
  type PlannedClose,
  type RequestContext,
  type WorkerConnection,
  type WorkerLine,
} from '../../core/index.ts';
import { atMost } from './at-most.ts';
import { closeCodeOf, type CloseReason } from './close-reason.ts';
import type { GatewayLimits } from './gateway-limits.ts';
import { JobDesk } from './job-desk.ts';
import type { Presence } from './presence.ts';
import { reportFrame } from './report-frame.ts';
import { assignmentFrame, readServerFrame } from './server-frame.ts';
import type { GatewayService } from './service.ts';
import { Wire, type Sockets } from './wire.ts';
import { WorkerActs } from './worker-acts.ts';
import { readWorkerFrame } from './worker-frame.ts';
import { WorkerLife } from './worker-life.ts';

type Event = LineEvent<Uint8Array>;
type Effect<Kind = LineEffect<Uint8Array>['kind']> = Extract<LineEffect<Uint8Array>, { readonly kind: Kind }>;

/** What the relays of a gateway share. */
export interface RelayParts {
  readonly service: GatewayService;
  readonly limits: GatewayLimits;
  readonly presence: Presence;
}

export interface Admitted {
  readonly worker: WorkerConnection;
  readonly context: RequestContext;
  readonly sockets: Sockets;
  /** Once, when it begins to close. */
  readonly onClose: (relay: WorkerRelay) => void;
}

/** Where a short-lived token lingers no longer than this part of its life. */
const LINGER_SHARE = 50;

/** One worker's connection: tells the line of core what happens, and does what it says, in its order. */
export class WorkerRelay {
  readonly worker: WorkerConnection;
  /** Resolves when both sockets are closed and everything is on record. */
  readonly over: Promise<void>;
  readonly #parts: RelayParts;
  readonly #onClose: Admitted['onClose'];
  readonly #acts: WorkerActs;
  readonly #wire: Wire;
  readonly #life: WorkerLife;
  readonly #desk: JobDesk;
  readonly #events: Event[] = [];
  #line: WorkerLine<Uint8Array>;
  #isStepping = false;
  #isLeaving = false;
  #isClosed = false;
  #load: NodeJS.Timeout | undefined;

  constructor(parts: RelayParts, { worker, context, sockets, onClose }: Admitted) {
    const { service, limits } = parts;
    this.worker = worker;
    this.#parts = parts;
    this.#onClose = onClose;
    this.#line = openLine(worker.pass.agent);
    this.#acts = new WorkerActs(service, worker, context);
    this.#desk = new JobDesk({ service, limits, acts: this.#acts, worker }, this.#happen);
    this.#life = new WorkerLife(
      { pass: worker.pass, clock: service.clock, random: limits.random },
      {
        plan: (reason) => void this.plan(reason),
        end: () => {
          this.close('expired');
        },
      },
    );
    this.#wire = new Wire(sockets, limits, {
      workerSaid: (frame, isBinary) => {
        this.#happen({ kind: 'worker_said', message: readWorkerFrame(frame, isBinary) });
      },
      livekitSaid: this.#hear,
      failed: (reason) => {
        this.close(reason);
      },
    });
    this.over = this.#wire.over.then(() => this.#acts.settled());
  }

  /** Its agent holds a newer token. */
  renewed(): void {
    this.#life.renewed();
  }

  /** In good order: nobody is sent here any more, then no job is taken, and what is open is settled. */
  async plan(reason: PlannedClose): Promise<void> {
    const { limits, presence } = this.#parts;
    const { agent, issuedAt, expiresAt } = this.worker.pass;
    const lingerMs = Math.min(limits.lingerMs, (expiresAt.getTime() - issuedAt.getTime()) / LINGER_SHARE);
    this.#isLeaving = true;
    presence.set(agent, this.worker.connectionId, false);
    await atMost(lingerMs, presence.announced());
    await delay(lingerMs, undefined, { ref: false });
    this.#happen({ kind: 'close_planned', reason });
  }

  /** At once. LiveKit gives what was open to another worker; jobs that run go on. */
  close(reason: CloseReason): void {
    if (this.#isClosed) {
      return;
    }
    this.#isClosed = true;
    this.#life.stop();
    this.#desk.stop();
    clearTimeout(this.#load);
    this.#happen({ kind: 'ended' });
    this.#parts.presence.set(this.worker.pass.agent, this.worker.connectionId, false);
    this.#wire.close(closeCodeOf(reason), reason);
    this.#acts.closed(reason);
    this.#onClose(this);
  }

  readonly #hear = (frame: Uint8Array, isBinary: boolean): void => {
    const message = readServerFrame(frame, isBinary);
    if (message === undefined) {
      this.#acts.dropped('unreadable_from_livekit');
    } else {
      this.#happen({ kind: 'server_said', message });
    }
  };

  /** One event after the other, also those that come of what is done about one. */
  readonly #happen = (event: Event): void => {
    this.#events.push(event);
    if (this.#isStepping) {
      return;
    }
    this.#isStepping = true;
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
        const { line, effects } = step(this.#line, next);
        this.#line = line;
        effects.forEach(this.#perform);
      }
    } catch (error) {
      this.#events.length = 0;
      this.#acts.log({ event: 'connection_failed', code: 'internal_error', error });
      this.close('internal_error');
    }
    this.#isStepping = false;
  };

  readonly #perform = (effect: Effect): void => {
    switch (effect.kind) {
      case 'tell_server':
        this.#wire.tellLivekit(reportFrame(effect.report));
        return;
      case 'tell_worker':
        this.#wire.tellWorker(effect.frame);
        return;
      case 'assign':
        this.#assign(effect);
        return;
      case 'judge':
        void this.#desk.judge(effect);
        return;
      case 'record':
        void this.#desk.accept(effect);
        return;
      case 'report_later':
        this.#load = setTimeout(this.#happen, this.#parts.limits.loadMs, { kind: 'load_due' });
        return;
      case 'capacity':
        this.#announce(effect);
        return;
      case 'withheld':
        this.#acts.withheld(effect);
        return;
      case 'refused':
        this.#acts.refused(effect.reason);
        return;
      case 'dropped':
        this.#acts.dropped(effect.reason);
        return;
      case 'close':
        this.close(effect.reason);
        return;
    }
  };

  #assign({ frame, token }: Effect<'assign'>): void {
    const url = this.#parts.service.site.livekitPublicUrl;
    this.#wire.tellWorker(assignmentFrame(frame, { url, token }));
  }

  #announce({ capacity }: Effect<'capacity'>): void {
    const { agent } = this.worker.pass;
    const isAvailable = capacity === 'available' && !this.#isLeaving;
    this.#parts.presence.set(agent, this.worker.connectionId, isAvailable);
  }
}
