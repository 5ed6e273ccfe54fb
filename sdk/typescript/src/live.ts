import { once } from 'node:events';
import { closeServer, drainServer } from './close-server.ts';
import { WorkerFailed } from './errors.ts';
import type { Events } from './events.ts';
import { GatewayLink } from './gateway-link.ts';
import { GatewaySockets } from './gateway-sockets.ts';
import type { Keeper } from './keeper.ts';
import { MESSAGES, say } from './log.ts';
import { tellRenewed } from './narrate.ts';
import type { WorkerOptions } from './options.ts';
import { firstLine } from './redacted.ts';
import { createServer } from './server.ts';
import { registerWithPlatformToken } from './worker-token.ts';

/** Upstream's default. */
const SHUTDOWN_PROCESS_MS = 60_000;

export interface ServeMode {
  /** Upstream's development mode: never full, and it ends without waiting for jobs. */
  readonly devmode: boolean;
  readonly stop: AbortSignal;
}

/**
 * Works until stopped, or until registration or worker end for good (then it rejects); drains and closes.
 *
 * @throws RegistrationRefused | RegistrationUnavailable | WorkerFailed
 */
export async function live(
  keeper: Keeper,
  options: WorkerOptions,
  events: Events,
  { devmode, stop }: ServeMode,
): Promise<void> {
  const link = new GatewayLink(keeper, events);
  const server = createServer(options, { registration: keeper.newest, devmode }, (loss) =>
    link.lost(sockets.explained(loss)),
  );
  const sockets = new GatewaySockets(server.isGateway);
  server.upstream.event.on('worker_registered', (workerId: string) => {
    link.connected(workerId);
  });
  const unwatch = sockets.watch();
  const restore = registerWithPlatformToken(() => link.token());
  const worker = { isOver: false };
  const running = server.upstream.run().finally(() => {
    worker.isOver = true;
  });
  const renewing = keeper.run(link.signal, (registration) => {
    server.moveTo(registration);
    tellRenewed(registration, events);
  });
  renewing.catch(() => undefined); // Heard of below, unless something else came first.
  try {
    await Promise.race([stopped(stop), running.then(endedByItself, failed), renewing]);
    events.emit('stopping', {});
  } catch (error) {
    events.emit('stopping', { reason: firstLine(error) });
    throw error;
  } finally {
    if (!devmode && !worker.isOver) {
      say('info', MESSAGES.draining);
      await drainServer(server.upstream);
    }
    await closeServer(server.upstream, running, {
      release: () => {
        link.end();
      },
      // In development as long as one job may take, all together; else as long as upstream gives each.
      mostMs: devmode ? (options.shutdownProcessTimeout ?? SHUTDOWN_PROCESS_MS) : Infinity,
    });
    restore();
    unwatch();
  }
}

async function stopped(stop: AbortSignal): Promise<void> {
  if (!stop.aborted) await once(stop, 'abort');
}

function endedByItself(): never {
  throw new WorkerFailed('the worker failed: its connection ended, and does not come back');
}

function failed(error: unknown): never {
  throw new WorkerFailed(`the worker failed: ${firstLine(error)}`);
}
