import { fileURLToPath } from 'node:url';
import { runToEnd } from '../../dev/process/run-to-end.ts';

const SCRIPT = fileURLToPath(new URL('../../deploy/bundle.ts', import.meta.url));

/** Where `npm run build:lambda` puts the function. */
export const LAMBDA_TASK_ROOT = fileURLToPath(new URL('../../dist/lambda', import.meta.url));

/** What `npm run build:cli` leaves. */
export const CLI_BUNDLE = fileURLToPath(new URL('../../dist/cli/lkps.mjs', import.meta.url));

/** What `npm run build:lambda` and `npm run build:cli` run. */
export function buildBundle(name: 'lambda' | 'cli'): Promise<void> {
  return runToEnd({ name: `build:${name}`, command: process.execPath, args: [SCRIPT, name] });
}
