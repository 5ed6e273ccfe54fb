import type { CutReason, RoomLife, SeenParticipant, SessionFact, SessionIntent } from '../../core/index.ts';

type Expected = Pick<SessionIntent, 'identity' | 'agent'>;
type WithoutId<Fact> = Fact extends SessionFact ? Omit<Fact, 'factId' | 'at'> : never;
type FactBody = WithoutId<SessionFact>;

const AT = new Date('2026-01-15T12:00:00.000Z');

/** The facts of a session, told as a story. Each step returns the longer story; `in` changes the life of the room. */
export class SessionScript {
  readonly facts: readonly SessionFact[];
  readonly #expected: Expected;
  readonly #life: RoomLife;

  constructor(expected: Expected, life: RoomLife, facts: readonly SessionFact[] = []) {
    this.#expected = expected;
    this.#life = life;
    this.facts = facts;
  }

  in(life: RoomLife): SessionScript {
    return new SessionScript(this.#expected, life, this.facts);
  }

  created(): SessionScript {
    return this.#then({ kind: 'room_created', life: this.#life });
  }

  granted(): SessionScript {
    return this.#then({ kind: 'token_granted' });
  }

  failed(): SessionScript {
    return this.#then({ kind: 'start_failed', reason: 'livekit_unavailable' });
  }

  cut(reason: CutReason = 'revoked'): SessionScript {
    return this.#then({ kind: 'session_cut', reason });
  }

  started(): SessionScript {
    return this.#then({ kind: 'room_started', life: this.#life });
  }

  finished(): SessionScript {
    return this.#then({ kind: 'room_finished', life: this.#life });
  }

  joins(sid: string): SessionScript {
    return this.joinsAs(sid, {});
  }

  joinsAs(sid: string, more: Pick<SeenParticipant, 'agentName'>): SessionScript {
    return this.#sees('participant_joined', { sid, identity: this.#expected.identity, ...more });
  }

  leaves(sid: string): SessionScript {
    return this.#sees('participant_left', { sid, identity: this.#expected.identity });
  }

  aborts(sid: string): SessionScript {
    return this.#sees('participant_connection_aborted', { sid, identity: this.#expected.identity });
  }

  strangerJoins(sid: string, identity: string): SessionScript {
    return this.#sees('participant_joined', { sid, identity });
  }

  agentJoins(sid: string): SessionScript {
    return this.guestAgentJoins(sid, this.#expected.agent);
  }

  guestAgentJoins(sid: string, agentName: string): SessionScript {
    return this.#sees('participant_joined', { sid, identity: `agent-${sid}`, agentName });
  }

  agentLeaves(sid: string): SessionScript {
    const participant = { sid, identity: `agent-${sid}`, agentName: this.#expected.agent };
    return this.#sees('participant_left', participant);
  }

  #sees(
    kind: 'participant_joined' | 'participant_left' | 'participant_connection_aborted',
    participant: SeenParticipant,
  ): SessionScript {
    return this.#then({ kind, life: this.#life, participant });
  }

  #then(fact: FactBody): SessionScript {
    const factId = `EV_${this.facts.length}`;
    return new SessionScript(this.#expected, this.#life, [...this.facts, { ...fact, factId, at: AT }]);
  }
}
