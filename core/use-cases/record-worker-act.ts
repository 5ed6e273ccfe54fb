import { isRoomName, ownerOf, parseRoomName } from '../model/names.ts';
import type { AuditFacts } from '../model/audit-event.ts';
import type { Principal } from '../model/principal.ts';
import type { RequestContext } from '../model/request-context.ts';
import type { WorkerConnection } from '../model/worker.ts';
import type { AuditStore } from '../ports/audit-store.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import { contextFacts, type AuditJournal } from './audit-journal.ts';
import { RefusalRecord } from './refusal-record.ts';

/** What became of a worker, or what it tried. `reason` is a snake_case code. */
export type WorkerAct =
  | { readonly kind: 'closed'; readonly reason: string }
  | { readonly kind: 'message_refused'; readonly reason: string }
  | {
      readonly kind: 'job_withheld';
      /** As LiveKit names them. */
      readonly jobId: string;
      readonly room?: string;
      readonly reason: string;
    };

export interface RecordWorkerActInput {
  readonly worker: WorkerConnection;
  readonly context: RequestContext;
  readonly act: WorkerAct;
}

const MAX_DETAIL = 128;

/**
 * Puts on record what becomes of a worker after it was admitted. What a worker can cause at will has a budget of rows for
 * its agent, as the refusals of unknown callers have.
 */
export class RecordWorkerAct {
  readonly #audit: AuditStore;
  readonly #journal: AuditJournal;
  readonly #refusals: RefusalRecord;

  constructor(ports: {
    readonly audit: AuditStore;
    readonly journal: AuditJournal;
    readonly limits: { readonly refusalRows: RateLimiter };
  }) {
    this.#audit = ports.audit;
    this.#journal = ports.journal;
    this.#refusals = new RefusalRecord({ ...ports, rows: ports.limits.refusalRows });
  }

  /** @throws LkpsError `audit_unavailable`. */
  async execute({ worker, context, act }: RecordWorkerActInput): Promise<void> {
    const { reason } = act;
    if (act.kind === 'closed') {
      const facts = { reason, ...workerFacts(worker), ...contextFacts(context) };
      await this.#audit.append([this.#journal.event('worker.closed', 'allowed', facts)]);
      return;
    }
    const type = act.kind === 'job_withheld' ? 'worker.job_withheld' : 'worker.message_refused';
    await this.#refusals.write({
      type,
      reason,
      context,
      of: worker.pass.agent,
      about: act.kind === 'job_withheld' ? jobFacts(worker, act) : workerFacts(worker),
    });
  }
}

/** Whose worker it is and which one; `details` are the act's own. */
export function workerFacts(
  { connectionId, pass }: WorkerConnection,
  details: Readonly<Record<string, string>> = {},
): AuditFacts {
  return {
    actor: workerPrincipal(pass.agent),
    agent: pass.agent,
    details: { connection_id: connectionId, ...details },
  };
}

export function workerPrincipal(agent: WorkerConnection['pass']['agent']): Principal {
  const { clientId, userId } = ownerOf(agent);
  return userId === undefined ? { kind: 'application', clientId } : { kind: 'user', clientId, userId };
}

function jobFacts(
  worker: WorkerConnection,
  { jobId, room }: Extract<WorkerAct, { readonly kind: 'job_withheld' }>,
): AuditFacts {
  const isOurs = room !== undefined && isRoomName(room);
  return {
    ...workerFacts(worker, { job_id: jobId.slice(0, MAX_DETAIL) }),
    ...(isOurs ? { room: parseRoomName(room) } : {}),
  };
}
