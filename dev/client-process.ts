import { fileURLToPath } from 'node:url';
import { recordOf } from './platform-client.ts';
import { startChild, type Child, type ChildExit } from './process/child.ts';

const CLIENT = fileURLToPath(new URL('./client/main.ts', import.meta.url));

export interface Access {
  readonly livekitUrl: string;
  readonly token: string;
}

/** One thing that happened to the client, as it says so itself; `event` names it. */
export type ClientEvent = Readonly<Record<string, unknown>>;

export interface ClientRun {
  readonly events: readonly ClientEvent[];
  readonly exit: ChildExit;
}

export interface ClientOptions {
  readonly onEvent?: (event: ClientEvent) => void;
  readonly signal?: AbortSignal;
}

/** Starts the real LiveKit client as a process of its own; its token travels by environment, out of sight of `ps`. */
export function startClient(
  { livekitUrl, token }: Access,
  args: readonly string[],
  options: ClientOptions = {},
): Promise<Child> {
  return startChild({
    name: `client ${args[0] ?? ''}`,
    command: process.execPath,
    args: [CLIENT, ...args],
    env: { LKPS_CLIENT_URL: livekitUrl, LKPS_CLIENT_TOKEN: token },
    log: (line, stream) => {
      if (stream === 'stdout' && line.startsWith('{')) {
        options.onEvent?.(recordOf(JSON.parse(line)));
      }
    },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

/** Runs a client to its end and gives back all it said. */
export async function runClient(
  access: Access,
  args: readonly string[],
  options: ClientOptions = {},
): Promise<ClientRun> {
  const events: ClientEvent[] = [];
  const client = await startClient(access, args, {
    ...options,
    onEvent: (event) => {
      events.push(event);
      options.onEvent?.(event);
    },
  });
  return { exit: await client.exited, events };
}

/** The first event of that name; rejects, with what the client said, when it did not come. */
export function eventOf({ events }: Pick<ClientRun, 'events'>, name: string): ClientEvent {
  const found = events.find((event) => event['event'] === name);
  if (found === undefined) {
    throw new Error(
      `the client never said "${name}", only: ${events.map((event) => JSON.stringify(event)).join(' ')}`,
    );
  }
  return found;
}
