import type { ClientId, ObjectId } from '../model/names.ts';

/** The clients an agent's app registration lets reach it (`api.preAuthorizedApplications` in Entra). */
export interface PreAuthorization {
  readonly clients: ReadonlySet<ClientId>;
  /** Where the answer comes from: evidence for the audit trail. */
  readonly source: 'file' | 'memory';
  readonly fetchedAt: Date;
}

/**
 * What the platform needs to know about Entra applications.
 *
 * Every implementation passes `tests/contract/application-directory.contract.ts`. Doubt is never an empty answer: an
 * implementation that cannot tell rejects.
 */
export interface ApplicationDirectory {
  /**
   * The object id of the application's service principal; undefined for an application the directory does not know.
   *
   * @throws LkpsError `authorization_unavailable` when a retry can help.
   */
  findServicePrincipalId(application: ClientId): Promise<ObjectId | undefined>;

  /**
   * Who may reach the application; undefined for an application the directory does not know.
   *
   * @throws LkpsError `authorization_unavailable` when a retry can help.
   */
  findPreAuthorization(application: ClientId): Promise<PreAuthorization | undefined>;
}
