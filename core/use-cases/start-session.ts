import { LkpsError, type LkpsErrorCode } from '../errors.ts';
import { isRegistered, type Agent, type AgentRules } from '../model/agent.ts';
import type { AuditFacts } from '../model/audit-event.ts';
import { agentNameOf, type ClientId } from '../model/names.ts';
import { participantIdentityOf, type Principal } from '../model/principal.ts';
import type { RequestContext } from '../model/request-context.ts';
import type { SeatWishes } from '../model/seat-wishes.ts';
import {
  authorizeAlone,
  authorizeByDirectory,
  type Approach,
  type AuthorizationDecision,
  type AuthorizationEvidence,
} from '../policy/client-authorization.ts';
import type { AgentStore, KnownAgent } from '../ports/agent-store.ts';
import type { ApplicationDirectory } from '../ports/application-directory.ts';
import type { AuditStore } from '../ports/audit-store.ts';
import type { CutOffStore } from '../ports/cut-off-store.ts';
import type { WorkerRegistry } from '../ports/worker-registry.ts';
import { contextFacts } from './audit-journal.ts';
import { SessionOpening, type SessionOpeningPorts, type StartedSession } from './session-opening.ts';

export interface StartSessionInput {
  readonly caller: Principal;
  readonly agentClientId: ClientId;
  readonly seat?: SeatWishes;
  /** Reaches the agent alone, with its job; never the caller's token, the log or the audit trail. */
  readonly agentMetadata?: string;
  readonly context: RequestContext;
}

export interface StartSessionPorts extends SessionOpeningPorts {
  readonly agents: AgentStore;
  readonly cutOffs: Pick<CutOffStore, 'isBlocked'>;
  readonly audit: AuditStore;
  readonly directory: ApplicationDirectory;
  readonly rules: AgentRules;
  /** Absent where no gateway tells who is online: then every registered agent counts as such. */
  readonly workers?: Pick<WorkerRegistry, 'isOnline'>;
}

/** When to ask again for a session while too many are open; an empty room closes within a minute. */
const SESSIONS_END_MS = 30_000;
/** When to ask again for an agent without a worker: it may be reconnecting, or about to have room for a job. */
const WORKERS_COME_MS = 5_000;

/** Opens a room with the agent in it and gives the caller the one seat in that room. */
export class StartSession {
  readonly #ports: StartSessionPorts;
  readonly #opening: SessionOpening;

  constructor(ports: StartSessionPorts) {
    this.#ports = ports;
    this.#opening = new SessionOpening(ports);
  }

  /**
   * Nothing happens at LiveKit before the intent is durable, and no token leaves before its grant is.
   *
   * @throws LkpsError `unauthenticated`, `agent_not_registered`, `client_not_authorized`, `authorization_unavailable`,
   * `agent_unavailable` (no worker online), `rate_limited` (too many open sessions), `livekit_unavailable`,
   * `audit_unavailable`.
   */
  async execute(input: StartSessionInput): Promise<StartedSession> {
    const identity = participantIdentityOf(input.caller);
    if (identity === undefined) {
      return this.#deny(input, 'unauthenticated', { reason: 'caller_has_no_identity' });
    }
    const agent = await this.#reachableAgent(input);
    const authorization = await this.#authorize(input, agent);
    await this.#requireWorker(input, agent, authorization);
    const opened = await this.#opening.open({ ...input, identity, agent, authorization });
    return opened === 'too_many_open'
      ? this.#deny(input, 'rate_limited', { reason: 'too_many_open_sessions' })
      : opened;
  }

  /** Neither the client nor the agent is cut off, and the agent is there. */
  async #reachableAgent(input: StartSessionInput): Promise<Agent> {
    const [isBlocked, agent] = await Promise.all([
      this.#ports.cutOffs.isBlocked(input.caller.clientId),
      this.#findAgent(input),
    ]);
    if (isBlocked) {
      return this.#deny(input, 'client_not_authorized', { reason: 'client_blocked' });
    }
    if (agent === undefined) {
      return this.#deny(input, 'agent_not_registered', { reason: 'never_registered' });
    }
    if (agent.revokedAt !== undefined) {
      return this.#deny(input, 'agent_not_registered', { reason: 'agent_revoked' });
    }
    if (!isRegistered(agent, this.#ports.clock.now())) {
      return this.#deny(input, 'agent_not_registered', { reason: 'registration_expired' });
    }
    return agent;
  }

  async #findAgent(input: StartSessionInput): Promise<KnownAgent | undefined> {
    const personal = await this.#personalAgent(input);
    return personal ?? this.#ports.agents.find(agentNameOf(input.agentClientId));
  }

  /** A user who asks for an application means their own agent of it, where there is one. */
  async #personalAgent({ caller, agentClientId }: StartSessionInput): Promise<KnownAgent | undefined> {
    const { agents, clock, rules } = this.#ports;
    if (rules.userAgents === 'deny' || caller.kind !== 'user' || caller.userId === undefined) {
      return undefined;
    }
    const agent = await agents.find(agentNameOf(agentClientId, caller.userId));
    return agent !== undefined && isRegistered(agent, clock.now()) ? agent : undefined;
  }

  async #authorize(input: StartSessionInput, agent: Agent): Promise<AuthorizationEvidence> {
    const approach = { caller: input.caller, agent, mode: this.#ports.rules.clientAuthorization };
    const { outcome, evidence } = authorizeAlone(approach) ?? (await this.#askDirectory(input, approach));
    if (outcome === 'denied') {
      return this.#deny(input, 'client_not_authorized', { reason: evidence.rule, authorization: evidence });
    }
    return evidence;
  }

  async #askDirectory(input: StartSessionInput, approach: Approach): Promise<AuthorizationDecision> {
    const known = await this.#ports.directory
      .findPreAuthorization(input.agentClientId, input.caller.clientId)
      .catch((error: unknown) => this.#undecided(input, error));
    return authorizeByDirectory(approach, known);
  }

  /** A room that no agent comes to is no session. Only a caller who may reach the agent gets to know. */
  async #requireWorker(
    input: StartSessionInput,
    { name }: Agent,
    authorization: AuthorizationEvidence,
  ): Promise<void> {
    const { workers } = this.#ports;
    if (workers !== undefined && !(await workers.isOnline(name))) {
      const facts = { reason: 'no_worker_online', agent: name, authorization };
      await this.#recordDenial(input, 'error', facts);
      throw new LkpsError('agent_unavailable', facts.reason, { retryAfterMs: WORKERS_COME_MS });
    }
  }

  async #deny(input: StartSessionInput, code: LkpsErrorCode, facts: AuditFacts): Promise<never> {
    await this.#recordDenial(input, 'denied', facts);
    const retry = code === 'rate_limited' ? { retryAfterMs: SESSIONS_END_MS } : {};
    throw new LkpsError(code, facts.reason ?? code, retry);
  }

  async #undecided(input: StartSessionInput, error: unknown): Promise<never> {
    await this.#recordDenial(input, 'error', { reason: 'authorization_unavailable' });
    throw error;
  }

  #recordDenial(
    { caller, agentClientId, context }: StartSessionInput,
    outcome: 'denied' | 'error',
    facts: AuditFacts,
  ): Promise<void> {
    const about = { actor: caller, agent: agentNameOf(agentClientId), ...contextFacts(context) };
    return this.#ports.audit.append([
      this.#ports.journal.event('session.denied', outcome, { ...about, ...facts }),
    ]);
  }
}
