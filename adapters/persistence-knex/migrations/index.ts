import { agents } from './0001-agents.ts';
import { sessions } from './0002-sessions.ts';
import { audit } from './0003-audit.ts';
import { servicePrivileges } from './0004-service-privileges.ts';
import { clientAuthorization } from './0005-client-authorization.ts';
import { cutOffs } from './0006-cut-offs.ts';
import { openSessions } from './0007-open-sessions.ts';
import { deployment } from './0008-deployment.ts';
import { workers } from './0009-workers.ts';
import type { Migration } from './migration.ts';

/** By the name each is recorded under: never by file name, which differs between sources and what is built from them. */
export const MIGRATIONS: ReadonlyMap<string, Migration> = new Map([
  ['0001_agents', agents],
  ['0002_sessions', sessions],
  ['0003_audit', audit],
  ['0004_service_privileges', servicePrivileges],
  ['0005_client_authorization', clientAuthorization],
  ['0006_cut_offs', cutOffs],
  ['0007_open_sessions', openSessions],
  ['0008_deployment', deployment],
  ['0009_workers', workers],
]);

/** Where it is recorded which of them have run. */
export const MIGRATIONS_TABLE = 'lkps_migrations';
