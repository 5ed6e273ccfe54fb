import type { OperatorNote } from '../model/cut-off.ts';
import type { AgentName } from '../model/names.ts';
import type { Clock } from '../ports/clock.ts';
import type { CutOffStore } from '../ports/cut-off-store.ts';
import { operatorDetails, type AuditJournal } from './audit-journal.ts';

export interface RevokeAgentInput {
  readonly agent: AgentName;
  readonly note?: OperatorNote;
  /** What is to become of its open sessions: said on the record, done by EndSessions. */
  readonly sessions: 'to_end' | 'kept';
}

/** From now on the agent gets no token and no session. Its open sessions are not touched here. */
export class RevokeAgent {
  readonly #ports: { readonly cutOffs: CutOffStore; readonly clock: Clock; readonly journal: AuditJournal };

  constructor(ports: {
    readonly cutOffs: CutOffStore;
    readonly clock: Clock;
    readonly journal: AuditJournal;
  }) {
    this.#ports = ports;
  }

  /** @throws LkpsError `audit_unavailable`: it is revoked, or not; to be done again. */
  execute({ agent, note, sessions }: RevokeAgentInput): Promise<'revoked' | 'already_revoked'> {
    const { cutOffs, clock, journal } = this.#ports;
    const cutOff = { at: clock.now(), ...(note === undefined ? {} : { note }) };
    const details = { ...operatorDetails(note), sessions };
    return cutOffs.revokeAgent(agent, cutOff, [
      journal.event('agent.revoked', 'allowed', { agent, details }),
    ]);
  }
}
