import { LkpsError, type LkpsErrorCode } from '../errors.ts';
import type { OperatorNote } from '../model/cut-off.ts';
import type { AgentName, ClientId, SessionId } from '../model/names.ts';
import { isOver, type Session } from '../model/session.ts';
import type { Clock } from '../ports/clock.ts';
import type { OperatorView } from '../ports/operator-view.ts';
import type { RoomDispatcher } from '../ports/room-dispatcher.ts';
import type { SessionStore } from '../ports/session-store.ts';
import { operatorDetails, type AuditJournal } from './audit-journal.ts';

/** Which sessions: one, or all open ones of an agent or of a client. */
export type SessionsToEnd =
  { readonly sessionId: SessionId } | { readonly agent: AgentName } | { readonly client: ClientId };

export interface EndSessionsInput {
  readonly which: SessionsToEnd;
  /** What the operator did: the act that these sessions end by. */
  readonly cause: 'agent_revoked' | 'client_blocked' | 'session_ended';
  readonly note?: OperatorNote;
}

/** `failed`: still open, or not known to be over; to be done again. */
export type EndedSession =
  | { readonly sessionId: SessionId; readonly outcome: 'ended' | 'already_over' | 'unknown_session' }
  | { readonly sessionId: SessionId; readonly outcome: 'failed'; readonly code: LkpsErrorCode };

export interface EndSessionsPorts {
  readonly view: OperatorView;
  readonly sessions: SessionStore;
  readonly rooms: RoomDispatcher;
  readonly clock: Clock;
  readonly journal: AuditJournal;
}

const PAGE = 200;
const AT_ONCE = 8;

/**
 * Closes rooms at LiveKit, which puts everyone out and keeps them out, and records why.
 *
 * What was open when this began is over once it resolves, and its room closed, but for those it reports as failed. A start
 * under way is among them from its intent on; once the cut is on record its grant is refused (SessionStore.grant).
 */
export class EndSessions {
  readonly #ports: EndSessionsPorts;

  constructor(ports: EndSessionsPorts) {
    this.#ports = ports;
  }

  /** @throws LkpsError `audit_unavailable` when it cannot be told which are open: nothing has been done then. */
  async execute(input: EndSessionsInput): Promise<readonly EndedSession[]> {
    const { which } = input;
    if ('sessionId' in which) {
      const session = await this.#ports.sessions.find(which);
      return session === undefined
        ? [{ sessionId: which.sessionId, outcome: 'unknown_session' }]
        : [await this.#end(session, input)];
    }
    const open = await this.#openSessions(which);
    const ended: EndedSession[] = [];
    for (let next = 0; next < open.length; next += AT_ONCE) {
      const batch = open.slice(next, next + AT_ONCE);
      ended.push(...(await Promise.all(batch.map((session) => this.#end(session, input)))));
    }
    return ended;
  }

  async #openSessions(of: Exclude<SessionsToEnd, { readonly sessionId: SessionId }>): Promise<Session[]> {
    const open: Session[] = [];
    for (;;) {
      const last = open.at(-1);
      const after = last === undefined ? {} : { after: last };
      const page = await this.#ports.view.listSessions({ ...of, ...after, open: true, limit: PAGE });
      open.push(...page);
      if (page.length < PAGE) {
        return open;
      }
    }
  }

  async #end(session: Session, input: EndSessionsInput): Promise<EndedSession> {
    const { sessionId } = session.intent;
    try {
      return { sessionId, outcome: await this.#close(session, input) };
    } catch (error) {
      if (!(error instanceof LkpsError)) {
        throw error;
      }
      return { sessionId, outcome: 'failed', code: error.code };
    }
  }

  /**
   * LiveKit first: a record that the room is closed is written of one that is. The room of a start under way may have been
   * made, and granted, between the two; after the record no token leaves any more, so it is closed once again.
   */
  async #close(session: Session, input: EndSessionsInput): Promise<'ended' | 'already_over'> {
    const { rooms } = this.#ports;
    const { room } = session.intent;
    if (isOver(session)) {
      await (session.endReason === 'revoked' ? rooms.deleteRoom(room) : undefined); // what an earlier try may have left
      return 'already_over';
    }
    await rooms.deleteRoom(room);
    const recorded = await this.#recordCut(session, input);
    await (session.state === 'starting' ? rooms.deleteRoom(room) : undefined);
    return recorded === 'applied' ? 'ended' : 'already_over';
  }

  #recordCut(
    { intent }: Session,
    { cause, note }: EndSessionsInput,
  ): Promise<'applied' | 'already_known' | 'unknown_session'> {
    const { sessions, clock, journal } = this.#ports;
    const { agent, sessionId, room, requestId } = intent; // not its caller: the operator acted
    const about = { agent, sessionId, room, requestId, details: { ...operatorDetails(note), cause } };
    return sessions.record(
      { sessionId },
      [{ factId: `cut:revoked:${sessionId}`, kind: 'session_cut', at: clock.now(), reason: 'revoked' }],
      (before, after) => [
        journal.event('session.ended_by_operator', 'allowed', about),
        ...journal.transitions(before, after),
      ],
    );
  }
}
