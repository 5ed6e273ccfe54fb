import { LkpsError, type LkpsErrorCode, type RequestId } from '../../core/index.ts';
import type { HttpResponse } from './exchange.ts';
import { jsonResponse } from './respond.ts';

interface Problem {
  readonly status: number;
  readonly title: string;
}

/** What a client is told of each code; the reason behind it stays in log and audit. */
export const PROBLEMS = {
  malformed_json: { status: 400, title: 'The body is not JSON in UTF-8' },
  invalid_request: { status: 400, title: 'The request is not of the documented form' },
  forbidden_field: { status: 400, title: 'The request sets what a caller may not choose' },
  unauthenticated: { status: 401, title: 'The caller could not be identified' },
  client_not_authorized: { status: 403, title: 'This client may not reach this agent' },
  service_principal_required: {
    status: 403,
    title: 'Only an application (service principal) can be an agent',
  },
  agent_revoked: { status: 403, title: 'This agent has been revoked in this region' },
  role_required: { status: 403, title: 'The caller lacks the role that this platform requires' },
  not_found: { status: 404, title: 'There is nothing at this path' },
  agent_not_registered: { status: 404, title: 'The agent is not registered in this region' },
  method_not_allowed: { status: 405, title: 'This path does not know this method' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json in UTF-8, not encoded' },
  rate_limited: { status: 429, title: 'Too many requests or open sessions; try again later' },
  livekit_unavailable: { status: 503, title: 'LiveKit cannot be reached; try again' },
  audit_unavailable: { status: 503, title: 'The request could not be put on record; try again' },
  authorization_unavailable: { status: 503, title: 'Authorization could not be decided; try again' },
  agent_unavailable: { status: 503, title: 'The agent has no worker that is free; try again' },
  overloaded: { status: 503, title: 'The service has too much to do; try again' },
} as const satisfies Record<LkpsErrorCode, Problem>;

/** On a 429 or 503 that does not know better: what made it is expected to pass. */
export const RETRY_LATER = { 'retry-after': '2' } as const;
const RETRIABLE: readonly number[] = [429, 503];

/** An error as RFC 9457 problem details. Everything that is not an LkpsError is a defect, and says nothing. */
export function problemResponse(error: unknown, requestId: RequestId, region: string): HttpResponse {
  if (!(error instanceof LkpsError)) {
    return document(500, 'internal_error', 'The service failed', { request_id: requestId });
  }
  const { status, title } = PROBLEMS[error.code];
  const named = error.code === 'agent_not_registered' ? `${title} (${region})` : title;
  const errors = error.issues.length === 0 ? {} : { errors: error.issues };
  const headers = headersFor(status, error.retryAfterMs);
  return document(status, error.code, named, { request_id: requestId, ...errors }, headers);
}

function document(
  status: number,
  code: string,
  title: string,
  more: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  const body = { type: `urn:lkps:problem:${code}`, title, status, code, ...more };
  return jsonResponse(status, body, { 'content-type': 'application/problem+json', ...headers });
}

function headersFor(status: number, retryAfterMs: number | undefined): Readonly<Record<string, string>> {
  if (status === 401) {
    return { 'www-authenticate': 'Bearer' };
  }
  if (!RETRIABLE.includes(status)) {
    return {};
  }
  return retryAfterMs === undefined ? RETRY_LATER : { 'retry-after': wholeSeconds(retryAfterMs) };
}

/** Rounded up, and never 0: an earlier retry would be refused again (RFC 9110 section 10.2.3). */
function wholeSeconds(ms: number): string {
  return String(Math.max(1, Math.ceil(ms / 1000)));
}
