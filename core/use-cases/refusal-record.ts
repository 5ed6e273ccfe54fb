import type { AuditEventType } from '../model/audit-event.ts';
import type { RequestContext } from '../model/request-context.ts';
import type { AuditStore } from '../ports/audit-store.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import { contextFacts, type AuditJournal } from './audit-journal.ts';

export interface Refusal {
  readonly type: AuditEventType;
  /** snake_case code. */
  readonly reason: string;
  readonly context: RequestContext;
}

/**
 * Puts on record that somebody unknown was refused. Anybody can cause that, so each source address has a budget of rows:
 * the one after it says that more are left out, and then there are none until the window ends.
 */
export class RefusalRecord {
  readonly #audit: AuditStore;
  readonly #journal: AuditJournal;
  readonly #rows: RateLimiter;

  constructor(ports: {
    readonly audit: AuditStore;
    readonly journal: AuditJournal;
    readonly rows: RateLimiter;
  }) {
    this.#audit = ports.audit;
    this.#journal = ports.journal;
    this.#rows = ports.rows;
  }

  /** @throws LkpsError `audit_unavailable`. */
  async write({ type, reason, context }: Refusal): Promise<void> {
    const decision = await this.#rows.take(`${type} ${context.sourceIp ?? 'unknown'}`);
    if (decision.outcome === 'still_exceeded') {
      return;
    }
    const facts =
      decision.outcome === 'within'
        ? { reason }
        : { reason: 'refusals_left_out', details: { seconds: seconds(decision.retryAfterMs) } };
    await this.#audit.append([this.#journal.event(type, 'denied', { ...facts, ...contextFacts(context) })]);
  }
}

function seconds(ms: number): string {
  return String(Math.ceil(ms / 1000));
}
