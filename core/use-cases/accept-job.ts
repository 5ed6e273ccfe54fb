import type { JobId } from '../model/names.ts';
import type { SessionIntent } from '../model/session.ts';
import type { TokenTtlMs } from '../model/token.ts';
import type { WorkerConnection } from '../model/worker.ts';
import type { JobSeat, WorkerPermissions } from '../model/worker-message.ts';
import { jobToken } from '../policy/token-policy.ts';
import type { AuditStore } from '../ports/audit-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { TokenIssuer } from '../ports/token-issuer.ts';
import { type AuditJournal } from './audit-journal.ts';
import { findOwnSession, type JudgeOfferPorts } from './judge-offer.ts';
import { workerFacts } from './record-worker-act.ts';

export interface AcceptJobInput {
  readonly worker: WorkerConnection;
  readonly jobId: JobId;
  readonly room: string;
  readonly seat: JobSeat;
  readonly permissions: WorkerPermissions;
}

export type AcceptJobOutcome =
  | { readonly outcome: 'relayed'; readonly token: string }
  | { readonly outcome: 'withheld'; readonly reason: string };

export interface AcceptJobPorts extends JudgeOfferPorts {
  readonly audit: AuditStore;
  /** Signs with LiveKit's key. */
  readonly tokens: TokenIssuer;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly journal: AuditJournal;
  readonly tokenTtlMs: TokenTtlMs;
}

/**
 * A worker takes a job that was found to be its agent's. What it will join with is on record before LiveKit hears of it,
 * so that a record which cannot be written costs another worker's turn and no job.
 */
export class AcceptJob {
  readonly #ports: AcceptJobPorts;

  constructor(ports: AcceptJobPorts) {
    this.#ports = ports;
  }

  /**
   * Judged again: the session may have ended, or the agent been cut off, while the worker thought about it.
   *
   * @throws LkpsError `audit_unavailable`: the job is not the worker's.
   */
  async execute(input: AcceptJobInput): Promise<AcceptJobOutcome> {
    const found = await findOwnSession(this.#ports, input);
    return 'intent' in found
      ? { outcome: 'relayed', token: await this.#grant(input, found.intent) }
      : { outcome: 'withheld', reason: found.reason };
  }

  async #grant(input: AcceptJobInput, { sessionId, room, requestId }: SessionIntent): Promise<string> {
    const { audit, tokens, clock, ids, journal, tokenTtlMs } = this.#ports;
    const { worker, jobId, seat, permissions } = input;
    const time = { tokenId: ids.tokenId(), issuedAt: clock.now(), ttlMs: tokenTtlMs };
    const spec = jobToken({ jobId, room, agent: worker.pass.agent, seat, permissions }, time);
    const { jwt, signingKeyId } = await tokens.issue(spec);
    const { grants, tokenId, expiresAt } = spec;
    const about = workerFacts(worker, { job_id: jobId });
    await audit.append([
      journal.event('worker.job_relayed', 'allowed', {
        ...about,
        sessionId,
        room,
        requestId,
        token: { grants, tokenId, expiresAt, signingKeyId },
      }),
    ]);
    return jwt;
  }
}
