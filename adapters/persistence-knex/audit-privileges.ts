import type { Database } from './open-database.ts';

/**
 * Whether this login could change, remove or suppress audit rows, in the table or any partition of it: the owner of the
 * schema and a superuser can, the service cannot.
 */
export async function canChangeAuditTrail(db: Database): Promise<boolean> {
  const { rows } = await db.read('privileges were not read', (on) =>
    on.raw<{ rows: readonly { readonly can: boolean }[] }>(
      `select bool_or(has_table_privilege(relid, 'update, delete, truncate, trigger')
           or has_any_column_privilege(relid, 'update')
           or pg_has_role((select relowner from pg_class where oid = relid), 'member')) as can
         from pg_partition_tree('audit_events')`,
    ),
  );
  return rows[0]?.can !== false;
}
