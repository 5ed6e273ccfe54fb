import { setTimeout as delay } from 'node:timers/promises';
import { AgentDispatchClient, RoomServiceClient } from 'livekit-server-sdk';
import type { Stack } from '../../dev/stack.ts';
import type { Finding } from './judge.ts';
import type { Records } from './accounts.ts';

/** An empty room lives a minute, so each is seen at least twice. */
const EVERY_MS = 15_000;

/** Every room that LiveKit ever had, and the agents dispatched into it, asked of LiveKit itself. */
export class RoomWatch {
  readonly #rooms: RoomServiceClient;
  readonly #dispatches: AgentDispatchClient;
  readonly #seen = new Map<string, readonly string[]>();
  readonly #stopping = new AbortController();
  readonly #watching: Promise<void>;

  constructor({ livekit, livekitKey }: Pick<Stack, 'livekit' | 'livekitKey'>) {
    const { id, secret } = livekitKey;
    this.#rooms = new RoomServiceClient(livekit.url, id, secret);
    this.#dispatches = new AgentDispatchClient(livekit.url, id, secret);
    this.#watching = this.#watch();
    this.#watching.catch(() => undefined);
  }

  /** One last look; rooms that are on record and have closed meanwhile are not missed. */
  async finish(records: Records): Promise<readonly Finding[]> {
    this.#stopping.abort();
    await this.#watching;
    await this.#look();
    const sessions = new Map(records.sessions.map((row) => [row.room_name, row.agent]));
    return [...this.#seen].flatMap(([room, agents]): readonly Finding[] => {
      const agent = sessions.get(room);
      if (agent === undefined) {
        return [{ law: 'no room without a session', detail: room }];
      }
      const right = agents.length === 0 || (agents.length === 1 && agents[0] === agent);
      return right
        ? []
        : [{ law: 'one dispatch a room', detail: `${room}: ${agents.join()} instead of ${agent}` }];
    });
  }

  get count(): number {
    return this.#seen.size;
  }

  async #watch(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#look();
      await delay(EVERY_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    for (const { name } of await this.#rooms.listRooms()) {
      if (!this.#seen.has(name)) {
        const dispatches = await this.#dispatches.listDispatch(name).catch(() => []); // it may close meanwhile
        this.#seen.set(
          name,
          dispatches.map(({ agentName }) => agentName),
        );
      }
    }
  }
}
