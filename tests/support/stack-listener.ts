import { startClient, type Access, type ClientEvent } from '../../dev/client-process.ts';
import { eventually } from './eventually.ts';

/** A real client in its room, which asks its agent for an echo four times a second: whether the job runs, as it hears it. */
export interface Listener {
  readonly events: readonly ClientEvent[];
  /** Resolves once `count` more echoes came than there were. */
  readonly hears: (count: number) => Promise<void>;
  /** Of its questions since it began, or since the last call. */
  readonly heard: () => Heard;
  readonly stop: () => Promise<void>;
}

export interface Heard {
  /** Which were not answered, though later ones were: they are numbered, and come in order. */
  readonly missing: readonly number[];
  readonly longestSilenceMs: number;
}

interface Echo {
  readonly number: number;
  readonly atMs: number;
}

/** The first packets of a client may come to an agent that does not know yet who sends them. */
const UNTIL_KNOWN = 4;

export async function startListener(access: Access, seconds: number): Promise<Listener> {
  const events: ClientEvent[] = [];
  const echoes: Echo[] = [];
  const client = await startClient(access, ['stay', '--ask', '--seconds', String(seconds)], {
    onEvent: (event) => {
      events.push(event);
      if (event['event'] === 'data' && event['topic'] === 'lkps.echo.reply') {
        echoes.push({ number: Number(event['text']), atMs: performance.now() });
      }
    },
  });
  const hears = async (count: number): Promise<void> => {
    const wanted = echoes.length + count;
    await eventually(
      () => Promise.resolve(echoes.length),
      (length) => length >= wanted,
      20_000,
    );
  };
  const heard = (): Heard => {
    const { missing, silences } = between(echoes);
    const now = performance.now();
    const longestSilenceMs = Math.max(...silences, now - (echoes.at(-1)?.atMs ?? now));
    echoes.splice(0, echoes.length - 1);
    return { missing, longestSilenceMs };
  };
  const stop = async (): Promise<void> => {
    await client.stop();
  };
  try {
    await hears(UNTIL_KNOWN);
    heard();
    return { events, hears, heard, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One echo and the next. */
function between(echoes: readonly Echo[]): {
  readonly missing: readonly number[];
  readonly silences: readonly number[];
} {
  const pairs = echoes.slice(1).map((next, index) => [echoes[index] ?? next, next] as const);
  return {
    missing: pairs.flatMap(([one, next]) =>
      Array.from({ length: Math.max(0, next.number - one.number - 1) }, (_, at) => one.number + 1 + at),
    ),
    silences: pairs.map(([one, next]) => next.atMs - one.atMs),
  };
}
