import { LkpsError } from '../errors.ts';
import type { Principal } from '../model/principal.ts';
import type { RequestContext } from '../model/request-context.ts';
import type { AuditStore } from '../ports/audit-store.ts';
import type { IdentitySource } from '../ports/identity-source.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import { contextFacts, type AuditJournal } from './audit-journal.ts';
import { RefusalRecord } from './refusal-record.ts';

export interface AuthenticateCallerInput<Credential> {
  readonly credential: Credential;
  /** What the caller was refused: the type of the audit event. */
  readonly refusal: 'agent.registration_denied' | 'session.denied';
  readonly context: RequestContext;
}

/** Budgets of the edge; each key of one has its own. */
export interface EdgeLimits {
  /** Of a user behind a client. */
  readonly perCaller: RateLimiter;
  /** Of a client, whoever is behind it. */
  readonly perClient: RateLimiter;
  /** Of a source address: the audit rows about those who proved nothing. */
  readonly refusalRows: RateLimiter;
}

/** The first step of everything a caller asks for. A refusal has one answer outside and its exact reason on record. */
export class AuthenticateCaller<Credential> {
  readonly #identity: IdentitySource<Credential>;
  readonly #audit: AuditStore;
  readonly #journal: AuditJournal;
  readonly #limits: EdgeLimits;
  readonly #refusals: RefusalRecord;

  constructor(ports: {
    readonly identity: IdentitySource<Credential>;
    readonly audit: AuditStore;
    readonly journal: AuditJournal;
    readonly limits: EdgeLimits;
  }) {
    this.#identity = ports.identity;
    this.#audit = ports.audit;
    this.#journal = ports.journal;
    this.#limits = ports.limits;
    this.#refusals = new RefusalRecord({ ...ports, rows: ports.limits.refusalRows });
  }

  /** @throws LkpsError `unauthenticated`, `rate_limited`, `role_required`, `authorization_unavailable`, `audit_unavailable`. */
  async execute(input: AuthenticateCallerInput<Credential>): Promise<Principal> {
    const { credential, refusal, context } = input;
    const identification = await this.#identity
      .identify(credential)
      .catch((error: unknown) => this.#undecided(error, input));
    if (identification.outcome === 'rejected') {
      const { reason } = identification;
      await this.#refusals.write({ type: refusal, reason, context });
      throw new LkpsError('unauthenticated', reason);
    }
    const { principal } = identification;
    await this.#limit(principal, input);
    if (identification.outcome === 'role_missing') {
      await this.#record('role_required', principal, input);
      throw new LkpsError('role_required', 'the caller lacks the required role');
    }
    return principal;
  }

  /** Nobody can say who is calling; on record as the refusals of unknown callers are. */
  async #undecided(error: unknown, input: AuthenticateCallerInput<Credential>): Promise<never> {
    if (error instanceof LkpsError) {
      await this.#refusals.write({ type: input.refusal, reason: error.code, context: input.context });
    }
    throw error;
  }

  /** After proof, before work. A user over their own budget takes nothing from the budget of their client. */
  async #limit(caller: Principal, input: AuthenticateCallerInput<Credential>): Promise<void> {
    if (caller.kind === 'user') {
      await this.#take('perCaller', `${caller.clientId} ${caller.userId ?? 'nobody'}`, caller, input);
    }
    await this.#take('perClient', caller.clientId, caller, input);
  }

  /** The first refusal of a window is on record, so that whoever floods costs the database one row. */
  async #take(
    limit: 'perCaller' | 'perClient',
    key: string,
    caller: Principal,
    input: AuthenticateCallerInput<Credential>,
  ): Promise<void> {
    const decision = await this.#limits[limit].take(key);
    if (decision.outcome === 'within') {
      return;
    }
    const reason = limit === 'perCaller' ? 'caller_rate_limited' : 'client_rate_limited';
    if (decision.outcome === 'exceeded') {
      await this.#record(reason, caller, input);
    }
    throw new LkpsError('rate_limited', reason, { retryAfterMs: decision.retryAfterMs });
  }

  #record(
    reason: string,
    actor: Principal,
    { refusal, context }: AuthenticateCallerInput<Credential>,
  ): Promise<void> {
    const facts = { reason, actor, ...contextFacts(context) };
    return this.#audit.append([this.#journal.event(refusal, 'denied', facts)]);
  }
}
