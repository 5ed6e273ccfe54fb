import { fileURLToPath } from 'node:url';
import type { StartedSession } from '../../dev/platform-client.ts';
import { startTelling, type TellingProcess } from './process-events.ts';

const PROGRAM = fileURLToPath(new URL('./echo_clients.py', import.meta.url));

/** Of one client: what its agent never sent back, since the first that it did. */
export interface Tally {
  readonly room: string;
  readonly asked: number;
  readonly missing: readonly unknown[];
}

export interface EchoClients {
  readonly process: TellingProcess;
  /** Every one of them has heard an echo. */
  readonly areEchoing: () => Promise<void>;
  /** Ten echoes more, and up to twenty, came to the only client. */
  readonly hearsMore: () => Promise<void>;
  /** Rooms in which a state of the agent was seen. */
  readonly roomsWithState: () => ReadonlySet<unknown>;
  readonly finish: () => Promise<readonly Tally[]>;
}

/** Real clients, all in one process, one in each session. */
export async function startEchoClients(
  python: string,
  sessions: readonly StartedSession[],
  log: (line: string) => void,
): Promise<EchoClients> {
  const clients = sessions.map(({ room, livekitUrl, token }) => ({ room, url: livekitUrl, token }));
  const process = await startTelling(
    {
      name: 'clients',
      command: python,
      args: [PROGRAM],
      env: { ECHO_CLIENTS: JSON.stringify(clients) },
      graceMs: 15_000,
    },
    log,
  );
  return {
    process,
    areEchoing: () => process.until('echoing', sessions.length, 90_000),
    hearsMore: () => process.until('ten_echoes', process.count('ten_echoes') + 2),
    roomsWithState: () =>
      new Set(
        process.events
          .filter(({ event, changed }) => event === 'attributes' && JSON.stringify(changed).includes(STATE))
          .map(({ room }) => room),
      ),
    finish: async () => {
      await process.child.stop();
      return process.events
        .filter(({ event }) => event === 'tally')
        .map(({ room, asked, missing }) => ({
          room: String(room),
          asked: Number(asked),
          missing: Array.isArray(missing) ? missing : [missing],
        }));
    },
  };
}

const STATE = '"lk.agent.state"';
