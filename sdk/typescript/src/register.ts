import { randomUUID } from 'node:crypto';
import { readAnswer, type Answer } from './answer.ts';
import { RegistrationUnavailable } from './errors.ts';
import { networkReason } from './network-reason.ts';
import type { Registration } from './registration.ts';
import type { Settings } from './settings.ts';
import { USER_AGENT } from './version.ts';

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 65_536;

/**
 * One registration through the edge. Who calls retries.
 *
 * @throws RegistrationRefused | RegistrationUnavailable, or the signal's reason
 */
export async function register(
  settings: Settings,
  accessToken: string,
  signal: AbortSignal,
): Promise<Registration> {
  const requestId = randomUUID();
  const headers = {
    authorization: `Bearer ${accessToken}`,
    'x-request-id': requestId,
    'user-agent': USER_AGENT,
  };
  const { clientAuthorization } = settings;
  const request =
    clientAuthorization === undefined
      ? { headers }
      : {
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify({ client_authorization: clientAuthorization }),
        };
  const answer = await post(settings.registerUrl, request, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    // Without the cause: it may hold the request, and with it the token.
    throw new RegistrationUnavailable(
      `the platform is not reachable: ${reasonOf(error, accessToken)} (request ${requestId})`,
    );
  });
  return readAnswer(answer, { ...settings, requestId, nowMs: Date.now() });
}

async function post(url: string, request: RequestInit, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(url, {
    ...request,
    method: 'POST',
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  return { status: response.status, headers: response.headers, body: await textOf(response) };
}

/** As much of the body as any answer of the platform has. */
async function textOf({ body }: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += piece.byteLength;
    if (bytes > MOST_BYTES) break;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function reasonOf(error: unknown, accessToken: string): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `no answer within ${TIMEOUT_MS / 1000} s`;
  return networkReason(error, [accessToken]);
}
