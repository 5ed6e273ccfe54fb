import { fileURLToPath } from 'node:url';
import { runToEnd } from '../../dev/process/run-to-end.ts';

const SCRIPT = fileURLToPath(new URL('../../deploy/bundle.ts', import.meta.url));

/** Where `npm run build:lambda` puts the function. */
export const LAMBDA_TASK_ROOT = fileURLToPath(new URL('../../dist/lambda', import.meta.url));

/** What `npm run build:lambda` runs. */
export function buildLambdaBundle(): Promise<void> {
  return runToEnd({ name: 'build:lambda', command: process.execPath, args: [SCRIPT, 'lambda'] });
}
