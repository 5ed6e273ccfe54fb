import { MigrationError } from '../adapters/persistence-knex/index.ts';
import { LkpsError } from '../core/index.ts';
import { ConfigError } from './config.ts';
import { describeError } from './logger.ts';
import { StartError } from './start-error.ts';

/** Errors made for the operator are shown as they are; of all others only what cannot hold a secret. */
export function operatorMessage(error: unknown): string {
  const isForOperator =
    error instanceof ConfigError ||
    error instanceof StartError ||
    error instanceof MigrationError ||
    error instanceof LkpsError;
  return isForOperator ? error.message : JSON.stringify(describeError(error));
}
