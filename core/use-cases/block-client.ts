import type { OperatorNote } from '../model/cut-off.ts';
import type { ClientId } from '../model/names.ts';
import type { Clock } from '../ports/clock.ts';
import type { CutOffStore } from '../ports/cut-off-store.ts';
import { operatorDetails, type AuditJournal } from './audit-journal.ts';

export interface BlockClientInput {
  readonly client: ClientId;
  readonly note?: OperatorNote;
  /** What is to become of its open sessions: said on the record, done by EndSessions. */
  readonly sessions: 'to_end' | 'kept';
}

/**
 * From now on the client, and every user behind it, starts no session. Its open sessions are not touched here. As an
 * agent the same application is another matter: RevokeAgent.
 */
export class BlockClient {
  readonly #ports: { readonly cutOffs: CutOffStore; readonly clock: Clock; readonly journal: AuditJournal };

  constructor(ports: {
    readonly cutOffs: CutOffStore;
    readonly clock: Clock;
    readonly journal: AuditJournal;
  }) {
    this.#ports = ports;
  }

  /** @throws LkpsError `audit_unavailable`: it is blocked, or not; to be done again. */
  execute({ client, note, sessions }: BlockClientInput): Promise<'blocked' | 'already_blocked'> {
    const { cutOffs, clock, journal } = this.#ports;
    const cutOff = { at: clock.now(), ...(note === undefined ? {} : { note }) };
    const details = { client_id: client, ...operatorDetails(note), sessions };
    return cutOffs.blockClient(client, cutOff, [journal.event('client.blocked', 'allowed', { details })]);
  }
}
