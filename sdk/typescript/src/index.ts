/** Everything of `@livekit/agents`, the same objects, with {@link Worker} in place of what needs a LiveKit API key. */
import { installBlocks } from './blocked.ts';

export * from '@livekit/agents';
export { AgentServer, cli } from './around.ts';
export { BlockedError } from './blocked-error.ts';
export * as inference from './blocked-inference.ts';
export {
  EXIT_CODES,
  exitCodeOf,
  RegistrationRefused,
  RegistrationUnavailable,
  SettingsError,
  WorkerFailed,
} from './errors.ts';
export type { WorkerEvents } from './events.ts';
export type { WorkerOptions } from './options.ts';
export type { ClientAuthorization, PlatformEnvironment, Region } from './settings.ts';
export { VERSION } from './version.ts';
export { Worker } from './worker.ts';

installBlocks();
