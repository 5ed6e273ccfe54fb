/** Every way the platform says no. Public API: a code is never renamed, and a client decides by it. */
export type LkpsErrorCode =
  | 'malformed_json'
  | 'invalid_request'
  | 'forbidden_field'
  | 'unauthenticated'
  | 'client_not_authorized'
  | 'service_principal_required'
  | 'agent_revoked'
  | 'role_required'
  | 'not_found'
  | 'agent_not_registered'
  | 'method_not_allowed'
  | 'body_too_large'
  | 'unsupported_media_type'
  | 'rate_limited'
  | 'livekit_unavailable'
  | 'audit_unavailable'
  | 'authorization_unavailable'
  | 'agent_unavailable'
  | 'overloaded';

/** One thing wrong with a request; `path` is a JSON path such as `agent_entra_app_id`. */
export interface RequestIssue {
  readonly path: string;
  readonly message: string;
}

export interface LkpsErrorOptions {
  readonly cause?: unknown;
  readonly issues?: readonly RequestIssue[];
  /** When it is worth asking again; clients are told. */
  readonly retryAfterMs?: number;
}

/**
 * The only error a use case or a port rejects with.
 *
 * `code` is for clients; `message` and `cause` are for the log and never leave the service; `issues` are for clients
 * and name only what the client itself sent.
 */
export class LkpsError extends Error {
  readonly code: LkpsErrorCode;
  readonly issues: readonly RequestIssue[];
  readonly retryAfterMs: number | undefined;

  constructor(code: LkpsErrorCode, message: string, options: LkpsErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'LkpsError';
    this.code = code;
    this.issues = options.issues ?? [];
    this.retryAfterMs = options.retryAfterMs;
  }
}
