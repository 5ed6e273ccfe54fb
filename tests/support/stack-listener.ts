import { startClient, type Access, type ClientEvent } from '../../dev/client-process.ts';
import { eventually } from './eventually.ts';

/** A real client in its room, which asks its agent for an echo four times a second: whether the job runs, as it hears it. */
export interface Listener {
  readonly events: readonly ClientEvent[];
  /** Resolves once `count` more echoes came than there were. */
  readonly hears: (count: number) => Promise<void>;
  /** The longest that it waited for an echo since the first one, or since the last call. */
  readonly longestSilenceMs: () => number;
  readonly stop: () => Promise<void>;
}

export async function startListener(access: Access, seconds: number): Promise<Listener> {
  const events: ClientEvent[] = [];
  const heardAt: number[] = [];
  const client = await startClient(access, ['stay', '--ask', '--seconds', String(seconds)], {
    onEvent: (event) => {
      events.push(event);
      if (event['event'] === 'data' && event['topic'] === 'lkps.echo.reply') heardAt.push(performance.now());
    },
  });
  const hears = async (count: number): Promise<void> => {
    const wanted = heardAt.length + count;
    await eventually(
      () => Promise.resolve(heardAt.length),
      (heard) => heard >= wanted,
      20_000,
    );
  };
  const longestSilenceMs = (): number => {
    const times = [...heardAt, performance.now()];
    const longest = Math.max(0, ...times.slice(1).map((time, index) => time - (times[index] ?? time)));
    heardAt.splice(0, heardAt.length - 1);
    return longest;
  };
  const stop = async (): Promise<void> => {
    await client.stop();
  };
  try {
    await hears(1);
    return { events, hears, longestSilenceMs, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
