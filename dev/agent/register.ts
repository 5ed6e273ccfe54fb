import { randomUUID } from 'node:crypto';
import { log } from './event-line.ts';
import {
  parseRegistration,
  RegistrationRefused,
  RegistrationUnavailable,
  type Registration,
} from './registration.ts';

const TIMEOUT_MS = 10_000;
/** Statuses that a later try may mend, besides every 5xx. */
const TRANSIENT = new Set([408, 425, 429]);

/** Whether a later try may mend an answer of this status. */
export function isTransient(status: number): boolean {
  return status >= 500 || TRANSIENT.has(status);
}

/**
 * One registration at LKPS. The caller retries.
 *
 * @throws RegistrationRefused | RegistrationUnavailable
 */
export async function register(registerUrl: string, accessToken: string): Promise<Registration> {
  const requestId = randomUUID();
  const answer = await post(registerUrl, accessToken, requestId);
  if (answer.ok) {
    log('info', 'registered at LKPS', { request_id: requestId, expires_at: answer.registration.expiresAt });
    return answer.registration;
  }
  const message = `registration answered ${answer.status} ${answer.code} (request ${requestId})`;
  throw isTransient(answer.status)
    ? new RegistrationUnavailable(message, answer.retryAfterMs)
    : new RegistrationRefused(message);
}

type Answer =
  | { readonly ok: true; readonly registration: Registration }
  | { readonly ok: false; readonly status: number; readonly code: string; readonly retryAfterMs: number };

async function post(url: string, accessToken: string, requestId: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${accessToken}`, 'x-request-id': requestId };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(url, { method: 'POST', headers, signal, redirect: 'error' });
    if (response.ok) return { ok: true, registration: parseRegistration(await response.json()) };
    const retryAfterMs = 1000 * (Number(response.headers.get('retry-after')) || 0);
    return { ok: false, status: response.status, code: codeOf(await response.text()), retryAfterMs };
  } catch (error) {
    if (error instanceof RegistrationRefused) throw error;
    throw new RegistrationUnavailable(`LKPS is not reachable (request ${requestId})`, 0, { cause: error });
  }
}

/** The `code` of a problem document; the edge may answer with something else. */
function codeOf(body: string): string {
  const code = /"code"\s*:\s*"([a-z_]{1,64})"/.exec(body)?.[1];
  return code ?? '(without a problem code)';
}
