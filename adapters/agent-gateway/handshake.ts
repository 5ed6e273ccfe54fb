import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { LkpsError, type AgentName, type RequestContext, type WorkerConnection } from '../../core/index.ts';
import type { CloseReason } from './close-reason.ts';
import type { ConnectedWorkers } from './connected-workers.ts';
import { openUpstream } from './upstream.ts';
import { WorkerActs } from './worker-acts.ts';
import { WorkerRelay, type RelayParts } from './worker-relay.ts';

/** A worker's library sends whole messages; one cut to pieces costs memory and time. */
const PIECES = { maxFragments: 128, maxBufferedChunks: 1_024 };

/** Somebody who asks for a WebSocket. */
export interface Knock {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly token: string | undefined;
  readonly context: RequestContext;
  /** Whose token it was found to be, for the log. */
  readonly found: { agent?: AgentName };
}

/** A worker that is on record, and LiveKit's side of it. */
interface Opened {
  readonly worker: WorkerConnection;
  readonly livekit: WebSocket;
  readonly leave: () => void;
}

/** Why somebody who was let in does not come in after all; `refusal` is what it is told. */
interface Obstacle {
  readonly reason: CloseReason;
  readonly refusal: LkpsError;
}

/** From a request to a connection: the token first, then LiveKit's side, then the record, and only then the upgrade. */
export class Handshake {
  readonly #parts: RelayParts;
  readonly #connected: ConnectedWorkers;
  readonly #server: WebSocketServer;
  readonly #underWay = new Set<Promise<void>>();
  #isStopped = false;

  constructor(parts: RelayParts, connected: ConnectedWorkers) {
    const { maxWorkerBytes, closeMs } = parts.limits;
    this.#parts = parts;
    this.#connected = connected;
    const options = {
      ...PIECES,
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      handleProtocols: () => false as const,
      maxPayload: maxWorkerBytes,
      closeTimeout: closeMs,
    };
    this.#server = new WebSocketServer(options);
  }

  /**
   * Resolves once the worker is connected, or gone.
   *
   * @throws LkpsError for which the request is to be refused.
   */
  open(knock: Knock): Promise<void> {
    return new Promise((resolve, reject) => {
      const visit = { isLate: false };
      const timer = setTimeout(() => {
        visit.isLate = true;
        reject(tooSlow());
      }, this.#parts.limits.handshakeMs);
      const entered = this.#enter(knock, visit)
        .then(resolve, reject)
        .finally(() => {
          clearTimeout(timer);
          this.#underWay.delete(entered);
        });
      this.#underWay.add(entered);
    });
  }

  /** Whoever is not through yet is refused; resolves when all are. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#underWay);
  }

  async #enter(knock: Knock, visit: { readonly isLate: boolean }): Promise<void> {
    if (this.#isStopped) {
      throw stopping();
    }
    const opened = await this.#open(knock);
    const obstacle = this.#obstacleTo(opened, visit);
    const worker = obstacle === undefined ? this.#upgrade(knock) : undefined;
    if (worker === undefined) {
      await this.#abandon(knock, opened, obstacle?.reason ?? 'worker_gone');
    } else {
      this.#connect(knock, opened, worker);
    }
    if (obstacle !== undefined) {
      throw obstacle.refusal;
    }
  }

  async #open({ token, context, found }: Knock): Promise<Opened> {
    const { service, limits } = this.#parts;
    const held: { leave?: () => void; livekit?: WebSocket } = {};
    try {
      const { worker, upstream } = await service.admitWorker.execute({
        token,
        context,
        connect: async (pass) => {
          found.agent = pass.agent;
          const leave = (held.leave = this.#connected.takeSeat(pass));
          const livekit = (held.livekit = await openUpstream(service.site, limits));
          return { livekit, leave };
        },
      });
      return { worker, ...upstream };
    } catch (error) {
      held.livekit?.terminate();
      held.leave?.();
      throw error;
    }
  }

  #obstacleTo({ livekit }: Opened, { isLate }: { readonly isLate: boolean }): Obstacle | undefined {
    if (isLate) {
      return { reason: 'handshake_too_slow', refusal: tooSlow() };
    }
    if (this.#isStopped) {
      return { reason: 'gateway_stopping', refusal: stopping() };
    }
    return livekit.readyState === WebSocket.OPEN
      ? undefined
      : { reason: 'livekit_gone', refusal: new LkpsError('livekit_unavailable', 'LiveKit hung up') };
  }

  /** Undefined where the other side is gone; ws has closed the socket then. */
  #upgrade({ request, socket, head }: Knock): WebSocket | undefined {
    const opened: WebSocket[] = [];
    delete request.headers['sec-websocket-protocol']; // none is spoken, so none can be malformed
    this.#server.handleUpgrade(request, socket, head, (worker) => opened.push(worker));
    return opened[0];
  }

  #connect({ context }: Knock, { worker, livekit, leave }: Opened, socket: WebSocket): void {
    const relay = new WorkerRelay(this.#parts, {
      worker,
      context,
      sockets: { worker: socket, livekit },
      onClose: (closing) => {
        this.#connected.delete(closing);
        leave();
      },
    });
    this.#connected.add(relay);
  }

  async #abandon({ context }: Knock, { worker, livekit, leave }: Opened, reason: CloseReason): Promise<void> {
    livekit.terminate();
    leave();
    const acts = new WorkerActs(this.#parts.service, worker, context);
    acts.closed(reason);
    await acts.settled();
  }
}

function tooSlow(): LkpsError {
  return new LkpsError('overloaded', 'the handshake took too long');
}

function stopping(): LkpsError {
  return new LkpsError('overloaded', 'the gateway stops');
}
