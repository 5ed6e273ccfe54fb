import { LkpsError } from '../errors.ts';
import type { Principal } from '../model/principal.ts';
import type { RequestContext } from '../model/request-context.ts';
import type { AuditStore } from '../ports/audit-store.ts';
import type { IdentitySource } from '../ports/identity-source.ts';
import { contextFacts, type AuditJournal } from './audit-journal.ts';

export interface AuthenticateCallerInput<Credential> {
  readonly credential: Credential;
  /** What the caller was refused: the type of the audit event. */
  readonly refusal: 'agent.registration_denied' | 'session.denied';
  readonly context: RequestContext;
}

/** The first step of everything a caller asks for. A refusal has one answer outside and its exact reason on record. */
export class AuthenticateCaller<Credential> {
  readonly #identity: IdentitySource<Credential>;
  readonly #audit: AuditStore;
  readonly #journal: AuditJournal;

  constructor(ports: {
    readonly identity: IdentitySource<Credential>;
    readonly audit: AuditStore;
    readonly journal: AuditJournal;
  }) {
    this.#identity = ports.identity;
    this.#audit = ports.audit;
    this.#journal = ports.journal;
  }

  async execute({ credential, refusal, context }: AuthenticateCallerInput<Credential>): Promise<Principal> {
    const identification = await this.#identity.identify(credential);
    if (identification.outcome === 'identified') {
      return identification.principal;
    }
    const { reason } = identification;
    await this.#audit.append([this.#journal.event(refusal, 'denied', { reason, ...contextFacts(context) })]);
    throw new LkpsError('unauthenticated', `identity rejected: ${reason}`);
  }
}
