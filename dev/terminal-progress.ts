import type { WriteStream } from 'node:tty';
import type { ProgressEvent } from './progress.ts';

const REPEAT_MS = 15_000;
const WIDTH = 80;
/** What stops faster kept nobody waiting. */
const NOTICEABLE_MS = 100;

type Output = Pick<WriteStream, 'isTTY' | 'columns'> & { readonly write: (text: string) => unknown };

export interface TerminalProgress {
  (event: ProgressEvent): void;
  /** A line of something else, on a line of its own. */
  readonly print: (line: string) => void;
}

/** One line per finished step; what takes long is shown in place on a terminal and every 15 s elsewhere. */
export function terminalProgress(out: Output): TerminalProgress {
  let transient = '';
  let lastRepeatMs = 0;
  const print = (text: string): void => {
    out.write(transient === '' ? `${text}\n` : `\r\u001b[K${text}\n${transient}`);
  };
  const line = (text: string): void => {
    const shown = transient;
    transient = '';
    out.write(`${shown === '' ? '' : '\r\u001b[K'}${text.slice(0, WIDTH)}\n`);
  };
  const inPlace = (text: string): void => {
    if (!out.isTTY) return;
    const shown = transient;
    transient = text.slice(0, Math.min(WIDTH, out.columns - 1));
    out.write(`${shown === '' ? '' : '\r\u001b[K'}${transient}`);
  };
  const show = (event: ProgressEvent): void => {
    const step = `  ${event.step.padEnd(18)}`;
    switch (event.state) {
      case 'started':
        inPlace(`${step} ...`);
        return;
      case 'done':
        line(`${step} ready in ${duration(event)}`);
        return;
      case 'failed':
        line(`${step} failed after ${duration(event)}`);
        return;
      case 'stopped':
        line(`${step} stopped after ${duration(event)}`);
        return;
      case 'ending':
        inPlace(`${step} stopping ...`);
        return;
      case 'ended':
        if (event.elapsedMs >= NOTICEABLE_MS) line(`${step} stopped in ${duration(event)}`);
        else inPlace('');
        return;
      case 'working': {
        const text = `${step} ${event.detail ?? ''}`;
        inPlace(text);
        if (!out.isTTY && (event.elapsedMs - lastRepeatMs >= REPEAT_MS || lastRepeatMs === 0)) {
          lastRepeatMs = event.elapsedMs;
          line(text);
        }
      }
    }
  };
  return Object.assign(show, { print });
}

function duration({ elapsedMs }: ProgressEvent): string {
  return `${(elapsedMs / 1_000).toFixed(1)} s`;
}
