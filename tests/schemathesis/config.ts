import { fileURLToPath } from 'node:url';
import type { Run } from './runs.ts';

const HOOKS = fileURLToPath(new URL('./hooks.py', import.meta.url));

/** schemathesis' own configuration of a run, as TOML. */
export function configOf({ headers, expected, withToken }: Run): string {
  return [
    `hooks = ${JSON.stringify(HOOKS)}`,
    '[generation]',
    'database = "none"',
    `with-security-parameters = ${String(withToken)}`,
    '[checks.positive_data_acceptance]',
    `expected-statuses = ${JSON.stringify(expected)}`,
    // Its own list lacks 413.
    '[checks.negative_data_rejection]',
    'expected-statuses = [400, 401, 404, 405, 413, 415]',
    '[headers]',
    ...Object.entries(headers).map(([name, value]) => `${JSON.stringify(name)} = ${JSON.stringify(value)}`),
    '',
  ].join('\n');
}
