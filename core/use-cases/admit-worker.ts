import { LkpsError } from '../errors.ts';
import type { AuditFacts } from '../model/audit-event.ts';
import type { RequestContext } from '../model/request-context.ts';
import { AGENT_GRANTS } from '../model/token.ts';
import type { WorkerConnection, WorkerPass } from '../model/worker.ts';
import type { AgentStore } from '../ports/agent-store.ts';
import type { AgentTokenVerifier } from '../ports/agent-token-verifier.ts';
import type { AuditStore } from '../ports/audit-store.ts';
import type { Ids } from '../ports/ids.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import type { WorkerRegistry } from '../ports/worker-registry.ts';
import { contextFacts, type AuditJournal } from './audit-journal.ts';
import { workerFacts, workerPrincipal } from './record-worker-act.ts';
import { RefusalRecord } from './refusal-record.ts';

export interface AdmitWorkerInput<Upstream> {
  /** As the worker sent it; undefined where it sent none. */
  readonly token: string | undefined;
  readonly context: RequestContext;
  /** Opens LiveKit's side, once the token is known to be good. */
  readonly connect: (pass: WorkerPass) => Promise<Upstream>;
}

export interface AdmittedWorker<Upstream> {
  readonly worker: WorkerConnection;
  readonly upstream: Upstream;
}

export interface AdmitWorkerPorts {
  readonly verifier: AgentTokenVerifier;
  readonly agents: Pick<AgentStore, 'find'>;
  readonly workers: Pick<WorkerRegistry, 'admit'>;
  readonly audit: AuditStore;
  readonly ids: Ids;
  readonly journal: AuditJournal;
  readonly limits: {
    readonly refusalRows: RateLimiter;
    /** By an agent's name, of handshakes with its tokens, whatever becomes of them. */
    readonly agentHandshakes: RateLimiter;
  };
}

/** Lets a worker speak to LiveKit as the one agent that its token names. */
export class AdmitWorker {
  readonly #ports: AdmitWorkerPorts;
  readonly #refusals: RefusalRecord;

  constructor(ports: AdmitWorkerPorts) {
    this.#ports = ports;
    this.#refusals = new RefusalRecord({ ...ports, rows: ports.limits.refusalRows });
  }

  /**
   * On record before it resolves, and from then on the one connection of its token. What `connect` opened is the caller's to
   * close where this rejects.
   *
   * @throws LkpsError `unauthenticated`, `rate_limited`, `agent_revoked`, `audit_unavailable`, and whatever `connect`
   * rejects with.
   */
  async execute<Upstream>({
    token,
    context,
    connect,
  }: AdmitWorkerInput<Upstream>): Promise<AdmittedWorker<Upstream>> {
    const { workers, ids, journal } = this.#ports;
    const pass = await this.#authenticate(token, context);
    await this.#limit(pass, context);
    await this.#authorize(pass, context);
    const upstream = await connect(pass);
    const worker = { connectionId: ids.connectionId(), pass };
    const admitted = { ...workerFacts(worker), ...contextFacts(context), token: evidenceOf(pass) };
    await workers.admit(worker, [journal.event('worker.admitted', 'allowed', admitted)]);
    return { worker, upstream };
  }

  async #authenticate(token: string | undefined, context: RequestContext): Promise<WorkerPass> {
    const verification =
      token === undefined
        ? ({ outcome: 'rejected', reason: 'token_missing' } as const)
        : await this.#ports.verifier.verify(token);
    if (verification.outcome === 'rejected') {
      const { reason } = verification;
      await this.#refusals.write({ type: 'worker.refused', reason, context });
      throw new LkpsError('unauthenticated', reason);
    }
    return verification.pass;
  }

  /** After proof, before work: whoever comes back without end costs one row a window, and no look-up. */
  async #limit(pass: WorkerPass, context: RequestContext): Promise<void> {
    const decision = await this.#ports.limits.agentHandshakes.take(pass.agent);
    if (decision.outcome === 'within') {
      return;
    }
    const reason = 'agent_rate_limited';
    if (decision.outcome === 'exceeded') {
      const facts = { ...aboutRefused(pass), ...contextFacts(context), reason };
      await this.#ports.audit.append([this.#ports.journal.event('worker.refused', 'denied', facts)]);
    }
    throw new LkpsError('rate_limited', reason, { retryAfterMs: decision.retryAfterMs });
  }

  /** A good token of an agent that this region does not know was made for another database. */
  async #authorize(pass: WorkerPass, context: RequestContext): Promise<void> {
    const known = await this.#ports.agents.find(pass.agent);
    if (known === undefined) {
      await this.#refuse(pass, 'never_registered', context);
      throw new LkpsError('unauthenticated', 'never_registered');
    }
    if (known.revokedAt !== undefined) {
      await this.#refuse(pass, 'agent_revoked', context);
      throw new LkpsError('agent_revoked', 'agent_revoked');
    }
    if (known.tokensVoidUntil !== undefined && pass.issuedAt < known.tokensVoidUntil) {
      await this.#refuse(pass, 'token_from_before_revocation', context);
      throw new LkpsError('unauthenticated', 'token_from_before_revocation');
    }
  }

  #refuse(pass: WorkerPass, reason: string, context: RequestContext): Promise<void> {
    return this.#refusals.write({
      type: 'worker.refused',
      reason,
      context,
      of: pass.agent,
      about: aboutRefused(pass),
    });
  }
}

function aboutRefused(pass: WorkerPass): AuditFacts {
  return { actor: workerPrincipal(pass.agent), agent: pass.agent, token: evidenceOf(pass) };
}

function evidenceOf({ tokenId, expiresAt, signingKeyId }: WorkerPass): NonNullable<AuditFacts['token']> {
  return { grants: AGENT_GRANTS, tokenId, expiresAt, signingKeyId };
}
