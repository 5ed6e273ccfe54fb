import { inspect } from 'node:util';

/** What the platform answered: who the agent is, where it connects, and for how long. */
export class Registration {
  readonly agentName: string;
  readonly livekitUrl: string;
  /** As the platform wrote it. For people: what counts is {@link lifeMs}, on a monotonic clock. */
  readonly expiresAt: string;
  readonly region: string;
  readonly requestId: string;
  /** From the answer on: 5 s to a day. */
  readonly lifeMs: number;
  readonly #token: string;

  constructor(fields: RegistrationFields) {
    this.agentName = fields.agentName;
    this.livekitUrl = fields.livekitUrl;
    this.expiresAt = fields.expiresAt;
    this.region = fields.region;
    this.requestId = fields.requestId;
    this.lifeMs = fields.lifeMs;
    this.#token = fields.token;
  }

  /** For the gateway, and nobody else. */
  revealToken(): string {
    return this.#token;
  }

  [inspect.custom](): string {
    return `Registration ${this.agentName} until ${this.expiresAt} [token redacted]`;
  }
}

export interface RegistrationFields {
  readonly token: string;
  readonly livekitUrl: string;
  readonly agentName: string;
  readonly expiresAt: string;
  readonly region: string;
  readonly requestId: string;
  readonly lifeMs: number;
}
