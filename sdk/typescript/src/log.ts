import { initializeLogger, log, loggerOptions } from '@livekit/agents';

/** The messages, the same in every SDK. */
export const MESSAGES = {
  removed: (names: string) =>
    `these variables are of no use here and were removed from the environment: ${names}. Agents of the platform hold no LiveKit key`,
  registered: 'registered at the platform',
  renewed: 'renewed the registration',
  not_renewed: 'the registration was not renewed, and the running agent goes on; trying again',
  not_registered: 'not registered yet; trying again',
  connected: 'connected to the agent gateway',
  reconnecting: 'the gateway closed the connection in good order; coming back with the newest token',
  connection_lost: 'the connection to the agent gateway was lost; coming back',
  early_renewal: 'the gateway does not accept the token; registering again at once',
  draining: 'the agent ends: no more jobs, those that run may finish',
  stopped: 'the agent has stopped',
  ends: (reason: string) => `the agent ends: ${reason}`,
} as const;

/** Fields of a log line. Nothing that grants anything is among them. */
export interface LogFields {
  readonly request_id?: string;
  readonly agent_name?: string;
  readonly region?: string;
  readonly expires_at?: string;
  readonly expires_in_ms?: number;
  readonly livekit_url?: string;
  readonly attempt?: number;
  readonly retry_in_ms?: number;
  readonly reason?: string;
  readonly exit_code?: number;
}

/** Upstream's own logger, so that an agent's log has one shape. */
export function say(
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields: LogFields = {},
): void {
  log()[level](fields, message);
}

/** For programs that have set up no logging of upstream's themselves. */
export function ensureLogger(): void {
  if (loggerOptions() === undefined) initializeLogger({ pretty: false, level: 'info' });
}
