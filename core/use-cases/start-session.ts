import { LkpsError, type LkpsErrorCode } from '../errors.ts';
import { isRegistered, type Agent } from '../model/agent.ts';
import type { AuditFacts } from '../model/audit-event.ts';
import {
  agentNameOf,
  type ClientId,
  type ParticipantIdentity,
  type RoomName,
  type SessionId,
} from '../model/names.ts';
import { participantIdentityOf, type Principal } from '../model/principal.ts';
import type { RequestContext } from '../model/request-context.ts';
import type { RoomLife, SessionIntent } from '../model/session.ts';
import type { TokenTtlMs } from '../model/token.ts';
import { authorizeClient, type AuthorizationEvidence } from '../policy/client-authorization.ts';
import { participantToken } from '../policy/token-policy.ts';
import type { AgentStore } from '../ports/agent-store.ts';
import type { ApplicationDirectory } from '../ports/application-directory.ts';
import type { AuditStore } from '../ports/audit-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { RoomDispatcher } from '../ports/room-dispatcher.ts';
import type { SessionStore } from '../ports/session-store.ts';
import type { TokenIssuer } from '../ports/token-issuer.ts';
import { contextFacts, sessionFacts, type AuditJournal } from './audit-journal.ts';

export interface StartSessionInput {
  readonly caller: Principal;
  readonly agentClientId: ClientId;
  readonly context: RequestContext;
}

export interface StartedSession {
  readonly sessionId: SessionId;
  readonly room: RoomName;
  readonly identity: ParticipantIdentity;
  readonly token: string;
  readonly expiresAt: Date;
}

export interface StartSessionPorts {
  readonly agents: AgentStore;
  readonly sessions: SessionStore;
  readonly audit: AuditStore;
  readonly directory: ApplicationDirectory;
  readonly rooms: RoomDispatcher;
  readonly tokens: TokenIssuer;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly journal: AuditJournal;
  readonly tokenTtlMs: TokenTtlMs;
}

/** Opens a room with the agent in it and gives the caller the one seat in that room. */
export class StartSession {
  readonly #ports: StartSessionPorts;

  constructor(ports: StartSessionPorts) {
    this.#ports = ports;
  }

  /**
   * Nothing happens at LiveKit before the intent is durable, and no token leaves before its grant is.
   *
   * @throws LkpsError `unauthenticated`, `agent_not_registered`, `client_not_authorized`, `authorization_unavailable`,
   * `livekit_unavailable`, `audit_unavailable`.
   */
  async execute(input: StartSessionInput): Promise<StartedSession> {
    const identity = participantIdentityOf(input.caller);
    if (identity === undefined) {
      return this.#deny(input, 'unauthenticated', { reason: 'caller_has_no_identity' });
    }
    const agent = await this.#registeredAgent(input);
    const authorization = await this.#authorize(input);

    const intent = await this.#recordIntent(input, agent, identity, authorization);
    const life = await this.#orRecordFailure(intent, () => this.#createRoom(intent));
    return this.#grant(intent, life, authorization, input.context);
  }

  async #registeredAgent(input: StartSessionInput): Promise<Agent> {
    const agent = await this.#ports.agents.find(agentNameOf(input.agentClientId));
    if (agent === undefined) {
      return this.#deny(input, 'agent_not_registered', { reason: 'never_registered' });
    }
    if (!isRegistered(agent, this.#ports.clock.now())) {
      return this.#deny(input, 'agent_not_registered', { reason: 'registration_expired' });
    }
    return agent;
  }

  async #authorize(input: StartSessionInput): Promise<AuthorizationEvidence> {
    const known = await this.#ports.directory
      .findPreAuthorization(input.agentClientId)
      .catch((error: unknown) => this.#undecided(input, error));
    const { outcome, evidence } = authorizeClient(input.caller.clientId, input.agentClientId, known);
    if (outcome === 'denied') {
      return this.#deny(input, 'client_not_authorized', { reason: evidence.rule, authorization: evidence });
    }
    return evidence;
  }

  async #recordIntent(
    { caller, context }: StartSessionInput,
    agent: Agent,
    identity: ParticipantIdentity,
    authorization: AuthorizationEvidence,
  ): Promise<SessionIntent> {
    const { sessions, clock, ids, journal } = this.#ports;
    const intent: SessionIntent = {
      sessionId: ids.sessionId(),
      room: ids.roomName(),
      agent: agent.name,
      agentClientId: agent.clientId,
      caller,
      identity,
      requestId: context.requestId,
      requestedAt: clock.now(),
    };
    const facts = { ...contextFacts(context), ...sessionFacts(intent), authorization };
    await sessions.open(intent, [journal.event('session.requested', 'allowed', facts)]);
    return intent;
  }

  #createRoom({ room, agent, requestId }: SessionIntent): Promise<RoomLife> {
    return this.#ports.rooms.createRoom({ room, agent, requestId });
  }

  async #grant(
    intent: SessionIntent,
    life: RoomLife,
    authorization: AuthorizationEvidence,
    context: RequestContext,
  ): Promise<StartedSession> {
    const { sessions, tokens, clock, ids, journal, tokenTtlMs } = this.#ports;
    const at = clock.now();
    const spec = participantToken(intent, { tokenId: ids.tokenId(), issuedAt: at, ttlMs: tokenTtlMs });
    const { jwt, signingKeyId } = await this.#orRecordFailure(intent, () => tokens.issue(spec));
    const { grants, tokenId, expiresAt } = spec;
    const token = { grants, tokenId, expiresAt, signingKeyId };
    const recorded = await sessions.record(
      { sessionId: intent.sessionId },
      [
        { factId: `created:${intent.sessionId}`, kind: 'room_created', at, life },
        { factId: `granted:${tokenId}`, kind: 'token_granted', at },
      ],
      (before, after) => [
        ...journal.transitions(before, after, contextFacts(context)),
        journal.event('session.granted', 'allowed', {
          ...contextFacts(context),
          ...sessionFacts(intent),
          roomSid: life.sid,
          authorization,
          token,
        }),
      ],
    );
    if (recorded !== 'applied') {
      throw new LkpsError('audit_unavailable', `the grant was not recorded: ${recorded}`);
    }
    return {
      sessionId: intent.sessionId,
      room: intent.room,
      identity: intent.identity,
      token: jwt,
      expiresAt,
    };
  }

  /** A start that fails after its intent was recorded is closed on record: no token left the service. */
  async #orRecordFailure<T>(intent: SessionIntent, step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      const { sessions, clock, journal } = this.#ports;
      const reason = error instanceof LkpsError ? error.code : 'internal';
      await sessions.record(
        { sessionId: intent.sessionId },
        [{ factId: `failed:${intent.sessionId}`, kind: 'start_failed', at: clock.now(), reason }],
        (before, after) => [
          ...journal.transitions(before, after),
          journal.event('session.failed', 'error', { ...sessionFacts(intent), reason }),
        ],
      );
      throw error;
    }
  }

  async #deny(input: StartSessionInput, code: LkpsErrorCode, facts: AuditFacts): Promise<never> {
    await this.#recordDenial(input, 'denied', facts);
    throw new LkpsError(code, `session denied: ${facts.reason ?? code}`);
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
