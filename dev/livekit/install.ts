/** `npm run livekit`: makes sure that there is a LiveKit server, building it once where there is none. */
import { reported } from '../progress.ts';
import { terminalProgress } from '../terminal-progress.ts';
import { findLiveKit } from './binary.ts';

try {
  const { path, source } = await reported(terminalProgress(process.stdout), 'LiveKit server', (working) =>
    findLiveKit({ working }),
  );
  process.stdout.write(`  ${path} (${source})\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
