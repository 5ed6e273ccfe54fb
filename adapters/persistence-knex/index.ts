export { canChangeAuditTrail } from './audit-privileges.ts';
export { DatabaseProbe } from './database-probe.ts';
export { KnexAgentStore } from './knex-agent-store.ts';
export { KnexAuditStore } from './knex-audit-store.ts';
export { KnexSessionStore } from './knex-session-store.ts';
export { migrate, pendingMigrations, rollback, type MigrateInput } from './migrate.ts';
export { MigrationError } from './migration-error.ts';
export { openDatabase, type Database, type DatabaseOptions } from './open-database.ts';
export type { SubjectKey } from './subject-ref.ts';
