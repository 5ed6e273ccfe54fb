import { createRequire } from 'node:module';
import { AccessToken } from 'livekit-server-sdk';

/** What the worker library insists on in place of a LiveKit key. Worth nothing anywhere. */
export const PLACEHOLDER = { apiKey: 'lkps-no-api-key', apiSecret: 'lkps-no-api-secret' } as const;

/**
 * Makes the worker register with the LKPS token.
 *
 * `@livekit/agents` mints its token in a closure on every (re)connect (worker.ts, `workerWS`), out of a subclass's reach;
 * the class it mints with is shared, so this replaces its signing: the newest LKPS token for that one purpose, an error
 * for any other, since this process holds no key to sign with.
 *
 * @param currentToken - must not reject: that would end the worker
 */
export function registerWithLkpsToken(currentToken: () => Promise<string>): void {
  assertSharedSdk();
  AccessToken.prototype.toJwt = function (this: AccessToken): Promise<string> {
    if (isForWorkerRegistration(this)) return currentToken();
    return Promise.reject(new Error('this agent holds no LiveKit API key: only its worker token exists'));
  };
}

function isForWorkerRegistration(token: AccessToken): boolean {
  const video = field(field(token, 'grants'), 'video');
  return (
    field(token, 'apiKey') === PLACEHOLDER.apiKey &&
    field(video, 'agent') === true &&
    field(video, 'roomJoin') !== true
  );
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Two installed copies would leave the worker with the placeholder key and an unexplained 401. */
function assertSharedSdk(): void {
  const sdk = 'livekit-server-sdk';
  const theirs = createRequire(import.meta.resolve('@livekit/agents')).resolve(sdk);
  if (createRequire(import.meta.url).resolve(sdk) !== theirs) {
    throw new Error(`@livekit/agents uses another copy of ${sdk}`);
  }
}
