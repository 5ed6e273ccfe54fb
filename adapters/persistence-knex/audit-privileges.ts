import type { Database } from './open-database.ts';

/** Whether this login could change or remove audit rows: the owner of the schema and a superuser can, the service cannot. */
export function canChangeAuditTrail(db: Database): Promise<boolean> {
  return db.transact('privileges were not read', async (trx) => {
    const { rows } = await trx.raw<{ rows: readonly { readonly can: boolean }[] }>(
      `select has_table_privilege('audit_events', 'update, delete, truncate')
         or pg_has_role((select relowner from pg_class where oid = 'audit_events'::regclass), 'member') as can`,
    );
    return rows[0]?.can !== false;
  });
}
