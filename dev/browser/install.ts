/** `npm run chromium`: makes sure that there is a Chromium, installing Debian's where there is none and that is allowed. */
import { reported } from '../progress.ts';
import { terminalProgress } from '../terminal-progress.ts';
import { findChromium } from './chromium.ts';

try {
  const { path, source } = await reported(terminalProgress(process.stdout), 'Chromium', (working) =>
    findChromium({ working }),
  );
  process.stdout.write(`  ${path} (${source})\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
