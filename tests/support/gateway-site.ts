import type { AgentName, RoomName } from '../../core/index.ts';
import { AGENTS } from './gateway-cast.ts';
import type { ModelLiveKit } from './gateway-livekit.ts';
import type { Move } from './gateway-moves.ts';
import type { GatewayPlatform } from './gateway-platform.ts';
import { law } from './gateway-report-laws.ts';
import type { GatewayTruth } from './gateway-truth.ts';

const UNKNOWN_ROOM = `s-${'f'.repeat(32)}`;

type SiteMove = Extract<
  Move,
  { kind: 'register' | 'revoke' | 'restore' | 'start_session' | 'stray_job' | 'end_session' }
>;

/** What happens behind a gateway: to agents and their sessions, at the platform, at LiveKit and in truth. */
export class GatewaySite {
  readonly tokens: { readonly agent: AgentName; readonly token: string }[] = [];
  readonly #rooms: RoomName[] = [];
  readonly #platform: GatewayPlatform;
  readonly #livekit: ModelLiveKit;
  readonly #truth: GatewayTruth;

  constructor(parts: {
    readonly platform: GatewayPlatform;
    readonly livekit: ModelLiveKit;
    readonly truth: GatewayTruth;
  }) {
    this.#platform = parts.platform;
    this.#livekit = parts.livekit;
    this.#truth = parts.truth;
  }

  async play(move: SiteMove): Promise<void> {
    if (move.kind === 'end_session') {
      await this.#endSession(this.#rooms[move.session % this.#rooms.length]);
      return;
    }
    const agent = AGENTS[move.agent % AGENTS.length] ?? AGENTS[0];
    switch (move.kind) {
      case 'register':
        await this.#register(agent);
        return;
      case 'revoke':
        await this.#platform.revoke(agent);
        this.#truth.revoked(agent);
        return;
      case 'restore':
        await this.#platform.restore(agent);
        this.#truth.restored(agent);
        return;
      case 'start_session':
        await this.#startSession(agent);
        return;
      case 'stray_job':
        this.#livekit.dispatch(this.#roomOf(move.room), agent);
        return;
    }
  }

  async #register(agent: AgentName): Promise<void> {
    const token = await this.#platform.register(agent);
    law((token === undefined) === this.#truth.isRevoked(agent), 'a revoked agent gets no token');
    if (token !== undefined) {
      this.tokens.push({ agent, token });
      this.#truth.registered(agent, token);
    }
  }

  async #startSession(agent: AgentName): Promise<void> {
    const room = await this.#platform.openSession(agent);
    this.#truth.opened(room, agent);
    this.#rooms.push(room);
    this.#livekit.dispatch(room, agent);
  }

  async #endSession(room: RoomName | undefined): Promise<void> {
    if (room !== undefined) {
      await this.#platform.endSession(room);
      this.#truth.ended(room);
    }
  }

  #roomOf(room: 'unknown' | 'none' | number): string {
    if (room === 'none') {
      return '';
    }
    return (room === 'unknown' ? undefined : this.#rooms[room % this.#rooms.length]) ?? UNKNOWN_ROOM;
  }
}
