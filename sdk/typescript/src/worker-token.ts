import { AccessToken } from 'livekit-server-sdk';

/** What upstream insists on in place of a LiveKit key. Worth nothing anywhere. */
export const PLACEHOLDER = { apiKey: 'lkps-no-api-key', apiSecret: 'lkps-no-api-secret' } as const;

/**
 * Makes the worker register with the platform's token.
 *
 * `@livekit/agents` mints its token in a closure on every (re)connect (worker.ts, `workerWS`), out of a subclass's reach;
 * the class it mints with is shared, so this answers for its signing: the newest token of the platform for that one
 * purpose. Everything else is signed as before: a key of one's own for another LiveKit works.
 *
 * @param currentToken - must not reject while the worker runs: that would end it
 * @returns puts back what was there
 */
export function registerWithPlatformToken(currentToken: () => Promise<string>): () => void {
  const sign = Reflect.get<AccessToken, 'toJwt'>(AccessToken.prototype, 'toJwt');
  AccessToken.prototype.toJwt = function (this: AccessToken): Promise<string> {
    return isForWorkerRegistration(this) ? currentToken() : sign.call(this);
  };
  return () => {
    AccessToken.prototype.toJwt = sign;
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
