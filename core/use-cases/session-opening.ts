import { LkpsError, type LkpsErrorCode } from '../errors.ts';
import type { Agent } from '../model/agent.ts';
import type { AuditEvent } from '../model/audit-event.ts';
import type { ParticipantIdentity, RoomName, SessionId } from '../model/names.ts';
import type { Principal } from '../model/principal.ts';
import type { RequestContext } from '../model/request-context.ts';
import type { SeatWishes } from '../model/seat-wishes.ts';
import type { RoomLife, SessionIntent } from '../model/session.ts';
import type { TokenTtlMs } from '../model/token.ts';
import type { AuthorizationEvidence } from '../policy/client-authorization.ts';
import { participantToken } from '../policy/token-policy.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { RoomDispatcher } from '../ports/room-dispatcher.ts';
import type { GrantRefusal, SessionStore } from '../ports/session-store.ts';
import type { TokenIssuer } from '../ports/token-issuer.ts';
import { contextFacts, sessionFacts, type AuditJournal } from './audit-journal.ts';

/** A caller who may reach an agent, and why. */
export interface AdmittedCaller {
  readonly caller: Principal;
  readonly identity: ParticipantIdentity;
  readonly agent: Agent;
  readonly authorization: AuthorizationEvidence;
  readonly seat?: SeatWishes;
  readonly agentMetadata?: string;
  readonly context: RequestContext;
}

export interface StartedSession {
  readonly sessionId: SessionId;
  readonly room: RoomName;
  readonly identity: ParticipantIdentity;
  readonly token: string;
  readonly expiresAt: Date;
}

export interface SessionOpeningPorts {
  readonly sessions: SessionStore;
  readonly rooms: RoomDispatcher;
  readonly tokens: TokenIssuer;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly journal: AuditJournal;
  readonly tokenTtlMs: TokenTtlMs;
  /** Sessions one client may have open at once. */
  readonly maxOpenSessions: number;
}

/** How far back sessions count, so that one whose end was never heard of fills a share no longer. It ends none. */
const COUNTED_MS = 12 * 3_600_000;

/** What a client hears of whatever was cut off while its start was under way: what it would hear of the next one. */
const ANSWERS: Readonly<Record<GrantRefusal, LkpsErrorCode>> = {
  agent_revoked: 'agent_not_registered',
  client_blocked: 'client_not_authorized',
  session_over: 'livekit_unavailable', // its room is closed; another start gets another
};

/** What happens once a caller is let in: the intent on record, the room, the grant on record, the token. */
export class SessionOpening {
  readonly #ports: SessionOpeningPorts;

  constructor(ports: SessionOpeningPorts) {
    this.#ports = ports;
  }

  /**
   * Nothing happens at LiveKit before the intent is durable, and no token leaves before its grant is.
   *
   * @throws LkpsError `livekit_unavailable`, `audit_unavailable`, and where the agent or the client was cut off meanwhile
   * `agent_not_registered`, `client_not_authorized`.
   */
  async open(admitted: AdmittedCaller): Promise<StartedSession | 'too_many_open'> {
    const intent = await this.#recordIntent(admitted);
    if (intent === 'too_many_open') {
      return intent;
    }
    const life = await this.#orRecordFailure(intent, () => this.#createRoom(intent, admitted.agentMetadata));
    return this.#grant(intent, life, admitted);
  }

  async #recordIntent({
    caller,
    identity,
    agent,
    authorization,
    context,
  }: AdmittedCaller): Promise<SessionIntent | 'too_many_open'> {
    const { sessions, clock, ids, journal, maxOpenSessions } = this.#ports;
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
    const limit = {
      maxOpen: maxOpenSessions,
      since: new Date(intent.requestedAt.getTime() - COUNTED_MS),
    };
    const requested = [journal.event('session.requested', 'allowed', facts)];
    return (await sessions.open(intent, requested, limit)) === 'opened' ? intent : 'too_many_open';
  }

  #createRoom({ room, agent, requestId }: SessionIntent, agentMetadata?: string): Promise<RoomLife> {
    const metadata = agentMetadata === undefined ? {} : { agentMetadata };
    return this.#ports.rooms.createRoom({ room, agent, requestId, ...metadata });
  }

  async #grant(
    intent: SessionIntent,
    life: RoomLife,
    { seat, authorization, context }: AdmittedCaller,
  ): Promise<StartedSession> {
    const { sessions, tokens, clock, ids, journal, tokenTtlMs } = this.#ports;
    const at = clock.now();
    const time = { tokenId: ids.tokenId(), issuedAt: at, ttlMs: tokenTtlMs };
    const spec = participantToken({ ...seat, ...intent }, time);
    const { jwt, signingKeyId } = await this.#orRecordFailure(intent, () => tokens.issue(spec));
    const { grants, tokenId, expiresAt } = spec;
    const token = { grants, tokenId, expiresAt, signingKeyId };
    const granted = await sessions.grant(
      intent.sessionId,
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
    if (isRefusal(granted)) {
      return this.#abandon(intent, granted, context);
    }
    if (granted !== 'applied') {
      throw new LkpsError('audit_unavailable', `the grant was not recorded: ${granted}`);
    }
    const { sessionId, room, identity } = intent;
    return { sessionId, room, identity, token: jwt, expiresAt };
  }

  /** Cut off while it was starting. A room that cannot be closed now closes by itself: nobody has a token for it. */
  async #abandon(intent: SessionIntent, reason: GrantRefusal, context: RequestContext): Promise<never> {
    await this.#ports.rooms.deleteRoom(intent.room).catch(() => undefined);
    const { journal } = this.#ports;
    const facts = { ...contextFacts(context), ...sessionFacts(intent), reason };
    await this.#recordFailure(intent, reason, () => journal.event('session.denied', 'denied', facts));
    throw new LkpsError(ANSWERS[reason], reason);
  }

  /** A start that fails after its intent was recorded is closed on record: no token left the service. */
  async #orRecordFailure<T>(intent: SessionIntent, step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      const reason = error instanceof LkpsError ? error.code : 'internal';
      const { journal } = this.#ports;
      const facts = { ...sessionFacts(intent), reason };
      await this.#recordFailure(intent, reason, () => journal.event('session.failed', 'error', facts));
      throw error;
    }
  }

  /** What became of the session comes after the transition on record: events are in the order they are worded in. */
  async #recordFailure(intent: SessionIntent, reason: string, word: () => AuditEvent): Promise<void> {
    const { sessions, clock, journal } = this.#ports;
    await sessions.record(
      { sessionId: intent.sessionId },
      [{ factId: `failed:${intent.sessionId}`, kind: 'start_failed', at: clock.now(), reason }],
      (before, after) => [...journal.transitions(before, after), word()],
    );
  }
}

function isRefusal(outcome: string): outcome is GrantRefusal {
  return Object.hasOwn(ANSWERS, outcome);
}
