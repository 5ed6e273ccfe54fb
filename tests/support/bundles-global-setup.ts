import { fileURLToPath } from 'node:url';
import { runToEnd } from '../../dev/process/run-to-end.ts';

const SCRIPT = fileURLToPath(new URL('../../deploy/bundle.ts', import.meta.url));

/** Builds once, as `npm run build:lambda` and `npm run build:cli` do: test files that run at once must not find half a file. */
export default async function setup(): Promise<void> {
  await Promise.all(
    ['lambda', 'cli'].map((name) =>
      runToEnd({ name: `build:${name}`, command: process.execPath, args: [SCRIPT, name] }),
    ),
  );
}
