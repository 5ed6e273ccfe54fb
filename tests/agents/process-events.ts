import { recordOf } from '../../dev/platform-client.ts';
import { startChild, type Child, type ChildOptions } from '../../dev/process/child.ts';
import { eventually } from '../support/eventually.ts';

export type ProcessEvent = Readonly<Record<string, unknown>>;

/** A process that says what happens to it, one JSON object a line of its standard output. */
export interface TellingProcess {
  readonly child: Child;
  readonly events: readonly ProcessEvent[];
  readonly count: (event: string) => number;
  /** Until it has said that so many times. */
  readonly until: (event: string, times?: number, timeoutMs?: number) => Promise<void>;
}

export async function startTelling(
  options: ChildOptions,
  log: (line: string) => void,
): Promise<TellingProcess> {
  const events: ProcessEvent[] = [];
  const child = await startChild({
    ...options,
    log: (line, stream) => {
      log(`${options.name}: ${line}`);
      if (stream === 'stdout' && line.startsWith('{"event"')) {
        events.push(recordOf(JSON.parse(line)));
      }
    },
  });
  const count = (event: string): number => events.filter((said) => said['event'] === event).length;
  return {
    child,
    events,
    count,
    until: async (event, times = 1, timeoutMs = 60_000) => {
      await eventually(
        () => Promise.resolve(count(event)),
        (said) => said >= times || !child.running,
        timeoutMs,
      );
      if (count(event) < times) {
        throw new Error([`${options.name} never said ${event}`, ...child.tail(10)].join('\n  '));
      }
    },
  };
}
