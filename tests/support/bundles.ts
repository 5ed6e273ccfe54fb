import { fileURLToPath } from 'node:url';

/** Where `npm run build:lambda` puts the function. */
export const LAMBDA_TASK_ROOT = fileURLToPath(new URL('../../dist/lambda', import.meta.url));

/** Where `npm run build:cli` puts the command. */
export const CLI_BUNDLE = fileURLToPath(new URL('../../dist/cli/lkps.mjs', import.meta.url));
