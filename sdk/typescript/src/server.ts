import { AgentServer, ServerOptions } from '@livekit/agents';
import { hearingLosses, type Loss } from './connection.ts';
import { watchJobProcesses } from './job-processes.ts';
import type { WorkerOptions } from './options.ts';
import type { Registration } from './registration.ts';
import { PLACEHOLDER } from './worker-token.ts';

/** Upstream's server, connecting where the registration says. */
export interface Server {
  readonly upstream: AgentServer;
  /** Where the next reconnect goes. */
  readonly moveTo: (registration: Registration) => void;
  /** Whether an address is one that it connects to. */
  readonly isGateway: (url: string) => boolean;
}

export interface ServerParts {
  readonly registration: Registration;
  readonly devmode: boolean;
}

/** @param onLost - resolves when the next attempt is due */
export function createServer(
  options: WorkerOptions,
  parts: ServerParts,
  onLost: (loss: Loss) => Promise<void>,
): Server {
  preloadJobProcesses();
  watchJobProcesses();
  const gateways = new Set([agentUrl(parts.registration)]);
  const upstreamOptions = serverOptions(options, parts);
  const upstream = hearingLosses(() => new AgentServer(upstreamOptions), onLost);
  return {
    upstream,
    moveTo: (newer) => {
      // Read on every (re)connect (worker.ts, `workerWS`).
      upstreamOptions.wsURL = webSocketUrl(newer);
      gateways.add(agentUrl(newer));
    },
    isGateway: (url) => gateways.has(url),
  };
}

export function serverOptions(options: WorkerOptions, { registration, devmode }: ServerParts): ServerOptions {
  return new ServerOptions({
    ...(devmode ? FOR_DEVELOPMENT : {}),
    // Upstream gives up after ten attempts; an outage may take longer, and the registration's life is the limit.
    maxRetry: Number.MAX_SAFE_INTEGER,
    ...options,
    ...PLACEHOLDER,
    // The gateway knows it from the token; upstream's log and health page say it.
    agentName: registration.agentName,
    wsURL: webSocketUrl(registration),
    production: !devmode,
  });
}

/** Never full: LiveKit has no job for a worker that reports a load of 1. And seen on this machine only. */
const FOR_DEVELOPMENT = { loadFunc: () => Promise.resolve(0), host: '127.0.0.1' };

/** Upstream appends `agent` to it. */
function webSocketUrl({ livekitUrl }: Registration): string {
  return livekitUrl.endsWith('/') ? livekitUrl : `${livekitUrl}/`;
}

/** As a WebSocket to it says it. Never throws, as a renewal must not. */
function agentUrl(registration: Registration): string {
  const text = `${webSocketUrl(registration)}agent`;
  return URL.parse(text)?.href ?? text;
}

/** Processes that upstream forks inherit these arguments. */
function preloadJobProcesses(): void {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const preload = ['--import', new URL(`./job-process.${extension}`, import.meta.url).href];
  if (!process.execArgv.includes(preload[1] ?? '')) process.execArgv.push(...preload);
}
