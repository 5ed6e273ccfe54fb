import type { AuditEventType, AuditFacts } from '../model/audit-event.ts';
import type { AgentName } from '../model/names.ts';
import type { RequestContext } from '../model/request-context.ts';
import type { AuditStore } from '../ports/audit-store.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import { contextFacts, type AuditJournal } from './audit-journal.ts';

export interface Refusal {
  readonly type: AuditEventType;
  /** snake_case code. */
  readonly reason: string;
  readonly context: RequestContext;
  /** Who was refused, where that is proven; its budget is the agent's own then, wherever it calls from. */
  readonly of?: AgentName;
  readonly about?: AuditFacts;
}

/**
 * Puts on record that somebody was refused who can cause that at will. So each source address, and each agent that is known
 * to be refused, has a budget of rows: the one after it says that more are left out, and then there are none until the
 * window ends.
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
  async write({ type, reason, context, of, about = {} }: Refusal): Promise<void> {
    const decision = await this.#rows.take(`${type} ${of ?? context.sourceIp ?? 'unknown'}`);
    if (decision.outcome === 'still_exceeded') {
      return;
    }
    const facts =
      decision.outcome === 'within'
        ? { ...about, reason }
        : { ...about, reason: 'refusals_left_out', details: { seconds: seconds(decision.retryAfterMs) } };
    await this.#audit.append([this.#journal.event(type, 'denied', { ...facts, ...contextFacts(context) })]);
  }
}

function seconds(ms: number): string {
  return String(Math.ceil(ms / 1000));
}
