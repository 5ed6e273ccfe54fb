import type { WriteStream } from 'node:tty';
import type { Progress, ProgressEvent } from './progress.ts';

const REPEAT_MS = 15_000;
const WIDTH = 80;

/** One line per finished step; what takes long is shown in place on a terminal and every 15 s elsewhere. */
export function terminalProgress(out: WriteStream): Progress {
  let transient = false;
  let lastRepeatMs = 0;
  const clear = (): void => {
    if (transient) out.write('\r\u001b[K');
    transient = false;
  };
  const line = (text: string): void => {
    clear();
    out.write(`${text.slice(0, WIDTH)}\n`);
  };
  const inPlace = (text: string): void => {
    if (!out.isTTY) return;
    clear();
    out.write(text.slice(0, Math.min(WIDTH, out.columns - 1)));
    transient = true;
  };
  return (event) => {
    switch (event.state) {
      case 'started':
        inPlace(`  ${event.step.padEnd(18)} ...`);
        return;
      case 'done':
        line(`  ${event.step.padEnd(18)} ready in ${duration(event)}`);
        return;
      case 'failed':
        line(`  ${event.step.padEnd(18)} failed after ${duration(event)}`);
        return;
      case 'working': {
        const text = `  ${event.step.padEnd(18)} ${event.detail ?? ''}`;
        inPlace(text);
        if (!out.isTTY && (event.elapsedMs - lastRepeatMs >= REPEAT_MS || lastRepeatMs === 0)) {
          lastRepeatMs = event.elapsedMs;
          line(text);
        }
      }
    }
  };
}

function duration({ elapsedMs }: ProgressEvent): string {
  return `${(elapsedMs / 1_000).toFixed(1)} s`;
}
