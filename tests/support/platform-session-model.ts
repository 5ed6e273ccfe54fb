import type { SessionFact, SessionIntent, SessionStatus } from '../../core/index.ts';

type Expected = Pick<SessionIntent, 'identity' | 'agent'>;

interface Life {
  readonly creationTimeMs: number;
  answered: boolean;
  finished: boolean;
  participantCame: boolean;
  readonly agentJoined: Set<string>;
  readonly agentLeft: Set<string>;
}

/**
 * What a session should come to, kept as plain ledgers, one per life of its room: no list of facts, no lattice. An
 * opinion of its own on design section 5, for comparing with the fold.
 */
export class SessionModel {
  readonly #expected: Expected;
  readonly #lives = new Map<string, Life>();
  #granted = false;
  #failed = false;
  readonly #cuts = new Set<string>();

  constructor(expected: Expected) {
    this.#expected = expected;
  }

  learn(fact: SessionFact): void {
    if (fact.kind === 'token_granted') {
      this.#granted = true;
    } else if (fact.kind === 'start_failed') {
      this.#failed = true;
    } else if (fact.kind === 'session_cut') {
      this.#cuts.add(fact.reason);
    } else {
      this.#learnOf(this.#life(fact.life), fact);
    }
  }

  status(): SessionStatus {
    const [sid, life] = this.#ruling() ?? [];
    const base = {
      ...(sid === undefined ? {} : { roomSid: sid as NonNullable<SessionStatus['roomSid']> }),
      agentPresence: presenceIn(life),
    };
    if (this.#failed && !this.#granted) {
      return { state: 'failed', ...base };
    }
    const cut = (['revoked', 'limit', 'reconciled'] as const).find((reason) => this.#cuts.has(reason));
    if (cut !== undefined) {
      return { state: 'ended', endReason: cut, ...base };
    }
    if (life === undefined) {
      return { state: 'starting', ...base };
    }
    if (life.finished) {
      return { state: 'ended', endReason: life.participantCame ? 'completed' : 'nobody_came', ...base };
    }
    return { state: life.participantCame ? 'active' : 'created', ...base };
  }

  #life({ sid, creationTimeMs }: { readonly sid: string; readonly creationTimeMs: number }): Life {
    const life = this.#lives.get(sid) ?? {
      creationTimeMs,
      answered: false,
      finished: false,
      participantCame: false,
      agentJoined: new Set(),
      agentLeft: new Set(),
    };
    this.#lives.set(sid, life);
    return life;
  }

  #learnOf(
    life: Life,
    fact: Exclude<SessionFact, { kind: 'token_granted' | 'start_failed' | 'session_cut' }>,
  ): void {
    if (fact.kind === 'room_created') {
      life.answered = true;
    }
    if (fact.kind === 'room_finished') {
      life.finished = true;
    }
    if (!('participant' in fact) || fact.kind === 'participant_connection_aborted') {
      return;
    }
    const { sid, identity, agentName } = fact.participant;
    if (identity === this.#expected.identity) {
      life.participantCame ||= agentName === undefined; // an agent that chose the caller's identity is not the caller
    } else if (agentName === this.#expected.agent) {
      (fact.kind === 'participant_joined' ? life.agentJoined : life.agentLeft).add(sid);
    }
  }

  #ruling(): readonly [string, Life] | undefined {
    const oldestFirst = [...this.#lives].sort(
      ([aSid, a], [bSid, b]) => a.creationTimeMs - b.creationTimeMs || (aSid < bSid ? -1 : 1),
    );
    return oldestFirst.find(([, { answered }]) => answered) ?? oldestFirst[0];
  }
}

function presenceIn(life: Life | undefined): SessionStatus['agentPresence'] {
  const there = [...(life?.agentJoined ?? [])].filter((sid) => life?.agentLeft.has(sid) !== true);
  if (there.length > 0) {
    return 'joined';
  }
  return (life?.agentJoined.size ?? 0) + (life?.agentLeft.size ?? 0) > 0 ? 'left' : 'pending';
}
