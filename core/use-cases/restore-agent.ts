import type { OperatorNote } from '../model/cut-off.ts';
import type { AgentName } from '../model/names.ts';
import type { CutOffStore } from '../ports/cut-off-store.ts';
import { operatorDetails, type AuditJournal } from './audit-journal.ts';

export interface RestoreAgentInput {
  readonly agent: AgentName;
  readonly note?: OperatorNote;
}

/** Takes a revocation back. */
export class RestoreAgent {
  readonly #cutOffs: CutOffStore;
  readonly #journal: AuditJournal;

  constructor(ports: { readonly cutOffs: CutOffStore; readonly journal: AuditJournal }) {
    this.#cutOffs = ports.cutOffs;
    this.#journal = ports.journal;
  }

  /** @throws LkpsError `audit_unavailable`: it is restored, or not; to be done again. */
  execute({ agent, note }: RestoreAgentInput): Promise<'restored' | 'not_revoked'> {
    const facts = { agent, details: operatorDetails(note) };
    return this.#cutOffs.restoreAgent(agent, [this.#journal.event('agent.restored', 'allowed', facts)]);
  }
}
