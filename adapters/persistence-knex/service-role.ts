import type { Knex } from 'knex';

/** What the service logs in as is a member of this role, which is all it may do (migrations/0004). */
export const SERVICE_ROLE = 'lkps_service';

/** Roles belong to the whole cluster, so another database's migration may create it at the same moment. */
export async function ensureServiceRole(trx: Knex): Promise<void> {
  await trx.raw(`
    do $$
    begin
      if not exists (select from pg_roles where rolname = '${SERVICE_ROLE}') then
        create role ${SERVICE_ROLE} nologin;
      end if;
    exception
      when duplicate_object or unique_violation then null;
      when insufficient_privilege then
        raise exception 'role ${SERVICE_ROLE} is missing and % may not create it', current_user using
          hint = 'As a superuser run: create role ${SERVICE_ROLE} nologin; '
            || format('grant ${SERVICE_ROLE} to %I with admin option;', current_user);
    end $$;
  `);
}

/**
 * Gives the service's login its role. Refuses the owner's own login: an owner can drop what makes the audit trail
 * append-only.
 */
export async function grantServiceRole(trx: Knex, login: string): Promise<void> {
  const { rows } = await trx.raw<{ rows: readonly LoginState[] }>(
    `select rolname as login, pg_has_role(oid, current_user, 'member') as owns,
            exists (select from pg_auth_members m join pg_roles g on g.oid = m.roleid
                    where m.member = r.oid and g.rolname = ?) as granted
     from pg_roles r where rolname = ?`,
    [SERVICE_ROLE, login],
  );
  const [state] = rows;
  if (state === undefined) {
    throw new Error(`the service's login ${login} does not exist: create role "${login}" login`);
  }
  if (state.owns) {
    throw new Error(`the service must not log in as ${login}, which has the rights of the schema's owner`);
  }
  if (!state.granted) {
    await trx.raw(GRANT, [login]).catch((cause: unknown) => {
      throw new Error(
        `${login} cannot be made a member: as a superuser run grant ${SERVICE_ROLE} to "${login}"`,
        {
          cause,
        },
      );
    });
  }
}

interface LoginState {
  readonly owns: boolean;
  readonly granted: boolean;
}

const GRANT = `grant ${SERVICE_ROLE} to ??`;
