import { agents } from './0001-agents.ts';
import { sessions } from './0002-sessions.ts';
import { audit } from './0003-audit.ts';
import { servicePrivileges } from './0004-service-privileges.ts';
import type { Migration } from './migration.ts';

/** By the name each is recorded under: never by file name, which differs between sources and what is built from them. */
export const MIGRATIONS: ReadonlyMap<string, Migration> = new Map([
  ['0001_agents', agents],
  ['0002_sessions', sessions],
  ['0003_audit', audit],
  ['0004_service_privileges', servicePrivileges],
]);

/** Where it is recorded which of them have run. */
export const MIGRATIONS_TABLE = 'lkps_migrations';
