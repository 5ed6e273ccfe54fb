import type { OperatorNote } from '../model/cut-off.ts';
import type { ClientId } from '../model/names.ts';
import type { CutOffStore } from '../ports/cut-off-store.ts';
import { operatorDetails, type AuditJournal } from './audit-journal.ts';

export interface UnblockClientInput {
  readonly client: ClientId;
  readonly note?: OperatorNote;
}

/** Takes a block back. */
export class UnblockClient {
  readonly #cutOffs: CutOffStore;
  readonly #journal: AuditJournal;

  constructor(ports: { readonly cutOffs: CutOffStore; readonly journal: AuditJournal }) {
    this.#cutOffs = ports.cutOffs;
    this.#journal = ports.journal;
  }

  /** @throws LkpsError `audit_unavailable`: it is unblocked, or not; to be done again. */
  execute({ client, note }: UnblockClientInput): Promise<'unblocked' | 'not_blocked'> {
    const details = { client_id: client, ...operatorDetails(note) };
    return this.#cutOffs.unblockClient(client, [
      this.#journal.event('client.unblocked', 'allowed', { details }),
    ]);
  }
}
