/** What LKPS answers to a registration: who the agent is, where, and the token that proves it until it expires. */
export interface Registration {
  readonly token: string;
  readonly livekitUrl: string;
  readonly agentName: string;
  readonly expiresAt: Date;
}

/** A definite no: asking again cannot mend it. */
export class RegistrationRefused extends Error {}

/** Not now: asking again may mend it. */
export class RegistrationUnavailable extends Error {
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs = 0, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

export function parseRegistration(body: unknown): Registration {
  const livekitUrl = text(body, 'livekit_url');
  if (!/^wss?:$/.test(new URL(livekitUrl).protocol)) throw unexpected('livekit_url');
  const expiresAt = new Date(text(body, 'expires_at'));
  if (Number.isNaN(expiresAt.getTime())) throw unexpected('expires_at');
  return { token: text(body, 'token'), livekitUrl, agentName: text(body, 'agent_name'), expiresAt };
}

function text(body: unknown, field: string): string {
  const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, field) : undefined;
  if (typeof value !== 'string' || value === '') throw unexpected(field);
  return value;
}

/** Names the field, never its value: one of them is a token. */
function unexpected(field: string): RegistrationRefused {
  return new RegistrationRefused(`the answer to a registration has no usable ${field}`);
}
