import type { HealthProbe } from '../../core/index.ts';
import type { Database } from './open-database.ts';
import { withDeadline } from './with-deadline.ts';

/** Also where the database behind this one does more than one thing for it. */
const DEADLINE_MS = 2_000;

/**
 * Healthy means that an audit row could be written now: the table is there and not locked, this role may insert, and the
 * server takes writes (a standby after a failover does not).
 */
export class DatabaseProbe implements HealthProbe {
  readonly #db: Database;

  constructor({ db }: { readonly db: Database }) {
    this.#db = db;
  }

  isHealthy(): Promise<boolean> {
    return withDeadline(DEADLINE_MS, () =>
      this.#db.transact('database probe', async (trx) => {
        await trx('audit_events').select('event_id').whereRaw('false');
        const { rows } = await trx.raw<{ rows: readonly { readonly writable: boolean }[] }>(
          `select has_any_column_privilege('audit_events', 'insert') and not pg_is_in_recovery()
             and current_setting('transaction_read_only') = 'off' as writable`,
        );
        return rows[0]?.writable === true;
      }),
    ).catch(() => false);
  }
}
