import type { TokenCredential } from '@azure/identity';
import type { ServerOptions } from '@livekit/agents';
import { SettingsError } from './errors.ts';
import type { SettingsOptions } from './settings.ts';

type UpstreamOptions = ConstructorParameters<typeof ServerOptions>[0];

/** Options of upstream's `ServerOptions` that would go around the platform, and why there is none here. */
const NOT_ACCEPTED = {
  agentName: 'the platform names the agent',
  apiKey: 'agents of the platform hold no LiveKit key',
  apiSecret: 'agents of the platform hold no LiveKit key',
  serverType: 'an agent of the platform is for a room',
  wsURL: 'the registration says where to connect',
  workerToken: "it is for agents that run on LiveKit's own cloud",
} as const;

/** Upstream's `JobType.JT_ROOM`. */
const OF_ROOMS = 0;

/** What a worker is told: upstream's `ServerOptions` without key, name and address, and where and as whom it registers. */
export interface WorkerOptions
  extends
    Omit<UpstreamOptions, keyof typeof NOT_ACCEPTED | 'agentNameIsEnv' | 'production' | 'simulation'>,
    SettingsOptions {
  /** In place of the one made of AZURE_*. */
  readonly credential?: TokenCredential;
}

/** @throws SettingsError for what the platform decides: callers in plain JavaScript may have left it in */
export function refuseOptions(options: object): void {
  const problems = Object.entries(NOT_ACCEPTED).flatMap(([name, why]) => {
    const value: unknown = Reflect.get(options, name);
    return value === undefined || value === '' || value === OF_ROOMS
      ? []
      : [`the option ${name} is not accepted: ${why}`];
  });
  const credential: unknown = Reflect.get(options, 'credential');
  if (credential !== undefined && typeof fieldOf(credential, 'getToken') !== 'function') {
    problems.push('the option credential is not accepted: it has no getToken()');
  }
  if (typeof Reflect.get(options, 'agent') !== 'string') {
    problems.push("the option agent is not the path of the agent's file");
  }
  if (problems.length > 0) throw new SettingsError(problems);
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
