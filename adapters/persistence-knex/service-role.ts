import type { Knex } from 'knex';
import { MigrationError } from './migration-error.ts';

/** What the service logs in as is a member of this role, which is all it may do (migrations/0004). */
export const SERVICE_ROLE = 'lkps_service';

/** Roles belong to the whole cluster: it may be there, and another database's migration may make it at this moment. */
export async function ensureServiceRole(trx: Knex): Promise<void> {
  const { rows } = await trx.raw<{ rows: readonly { readonly owner: string; readonly present: boolean }[] }>(
    'select current_user as owner, exists (select from pg_roles where rolname = ?) as present',
    [SERVICE_ROLE],
  );
  const [state] = rows;
  if (state?.present !== true) {
    await trx.raw(CREATE).catch((cause: unknown) => {
      throw new MigrationError(
        `the role ${SERVICE_ROLE} is missing and cannot be created: as a superuser run ` +
          `create role ${SERVICE_ROLE} nologin; grant ${SERVICE_ROLE} to "${state?.owner ?? ''}" with admin option`,
        { cause },
      );
    });
  }
}

const CREATE = `
  do $$ begin
    create role ${SERVICE_ROLE} nologin;
  exception when duplicate_object or unique_violation then null;
  end $$`;

/** Refuses the owner's own login: an owner can drop what makes the audit trail append-only. */
export async function requireServiceLogin(trx: Knex, login: string): Promise<void> {
  const { rows } = await trx.raw<{ rows: readonly { readonly owns: boolean }[] }>(
    `select pg_has_role(oid, current_user, 'member') as owns from pg_roles where rolname = ?`,
    [login],
  );
  const [state] = rows;
  if (state === undefined) {
    throw new MigrationError(`the service's login ${login} does not exist: create role "${login}" login`);
  }
  if (state.owns) {
    throw new MigrationError(
      `the service must not log in as ${login}, which has the rights of the schema's owner`,
    );
  }
}

/** Gives the service's login its role. */
export async function grantServiceRole(trx: Knex, login: string): Promise<void> {
  const { rows } = await trx.raw<{ rows: readonly object[] }>(
    `select from pg_auth_members m join pg_roles g on g.oid = m.roleid join pg_roles r on r.oid = m.member
     where g.rolname = ? and r.rolname = ?`,
    [SERVICE_ROLE, login],
  );
  if (rows.length === 0) {
    await trx.raw(GRANT, [login]).catch((cause: unknown) => {
      throw new MigrationError(
        `${login} cannot be made a member: as a superuser run grant ${SERVICE_ROLE} to "${login}"`,
        {
          cause,
        },
      );
    });
  }
}

/** Another database's migration may do the same at this moment. */
const GRANT = `
  do $$ begin
    grant ${SERVICE_ROLE} to ??;
  exception when unique_violation then null;
  end $$`;
