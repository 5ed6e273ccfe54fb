import { describe, expect, it } from 'vitest';
import { reported, type ProgressEvent } from '../../dev/progress.ts';
import { terminalProgress, type TerminalProgress } from '../../dev/terminal-progress.ts';
import { Teardown } from '../../dev/teardown.ts';

interface Watched {
  readonly progress: TerminalProgress;
  /** What a person sees, line by line. */
  readonly screen: () => readonly string[];
}

function watch(isTTY: boolean): Watched {
  let written = '';
  const write = (text: string): void => {
    written += text;
  };
  return {
    progress: terminalProgress({ isTTY, columns: 100, write }),
    screen: () => written.split('\n').map((line) => line.split('\r\u001b[K').at(-1) ?? ''),
  };
}

const event = (state: ProgressEvent['state'], elapsedMs = 1_500): ProgressEvent => ({
  step: 'LKPS',
  state,
  elapsedMs,
});

describe('progress on a terminal', () => {
  it.each([true, false])('is never glued to a line of something else (terminal: %s)', (isTTY) => {
    const { progress, screen } = watch(isTTY);
    progress(event('started'));
    progress.print('[lkps] one');
    progress.print('[lkps] two');
    progress(event('done'));
    progress.print('[lkps] three');
    expect(screen()).toEqual([
      '[lkps] one',
      '[lkps] two',
      '  LKPS               ready in 1.5 s',
      '[lkps] three',
      '',
    ]);
  });

  it('still shows the step in hand below what was printed meanwhile', () => {
    const { progress, screen } = watch(true);
    progress(event('started'));
    progress.print('[lkps] one');
    expect(screen()).toEqual(['[lkps] one', '  LKPS               ...']);
  });

  it('names what a stop waits for while it waits, and keeps a line only of what took long', async () => {
    const { progress, screen } = watch(true);
    const seen: string[] = [];
    const teardown = new Teardown((one) => {
      progress(one);
      seen.push(screen().at(-1) ?? '');
    });
    teardown.add('quick', () => Promise.resolve());
    teardown.add('slow', () => new Promise((resolve) => setTimeout(resolve, 120)));
    await teardown.run();
    expect(seen).toEqual(['  slow               stopping ...', '', '  quick              stopping ...', '']);
    expect(screen().slice(0, -1)).toEqual([expect.stringMatching(/^ {2}slow +stopped in 0\.\d s$/)]);
  });
});

describe('a step', () => {
  const outcomeOf = async (signal: AbortSignal | undefined): Promise<string | undefined> => {
    const states: string[] = [];
    const failing = (): Promise<never> => Promise.reject(new Error('planted'));
    const run = reported((one) => states.push(one.state), 'LKPS', failing, signal);
    await expect(run).rejects.toThrow('planted');
    return states.at(-1);
  };

  it('that was called off is stopped; only one that failed by itself has failed', async () => {
    expect(await outcomeOf(AbortSignal.abort())).toBe('stopped');
    expect(await outcomeOf(new AbortController().signal)).toBe('failed');
    expect(await outcomeOf(undefined)).toBe('failed');
  });
});
