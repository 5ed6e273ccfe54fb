import type { ApplicationDirectory, ClientId, ObjectId, PreAuthorization } from '../../core/index.ts';

export interface DirectoryEntry {
  readonly servicePrincipalId: ObjectId;
  readonly preAuthorized: readonly ClientId[];
}

/** {@link ApplicationDirectory} for tests: what is not put in is not known. */
export class MemoryApplicationDirectory implements ApplicationDirectory {
  readonly #entries = new Map<ClientId, DirectoryEntry>();
  readonly #fetchedAt: Date;

  constructor(
    entries: Iterable<readonly [ClientId, DirectoryEntry]> = [],
    fetchedAt = new Date('2026-01-15T00:00:00.000Z'),
  ) {
    this.#fetchedAt = fetchedAt;
    for (const [application, entry] of entries) {
      this.put(application, entry);
    }
  }

  put(application: ClientId, entry: DirectoryEntry): void {
    this.#entries.set(application, entry);
  }

  findServicePrincipalId(application: ClientId): Promise<ObjectId | undefined> {
    return Promise.resolve(this.#entries.get(application)?.servicePrincipalId);
  }

  findPreAuthorization(application: ClientId): Promise<PreAuthorization> {
    const entry = this.#entries.get(application);
    const provenance = { source: 'memory' as const, fetchedAt: this.#fetchedAt };
    return Promise.resolve(
      entry === undefined
        ? { outcome: 'unknown', reason: 'agent_not_in_directory', ...provenance }
        : { outcome: 'known', clients: new Set(entry.preAuthorized), ...provenance },
    );
  }
}
