import type { ClientId, ObjectId } from '../model/names.ts';

/** What a directory knows of who may reach an application. */
export type PreAuthorization = KnownApplication | UnknownApplication;

/** Where an answer comes from, and since when it is so: evidence for the audit trail. */
interface Provenance {
  readonly source: 'file' | 'graph' | 'memory';
  readonly fetchedAt: Date;
}

/** The clients an app registration lets reach it (`api.preAuthorizedApplications` in Entra). */
export interface KnownApplication extends Provenance {
  readonly outcome: 'known';
  readonly clients: ReadonlySet<ClientId>;
}

/** No app registration to read, so nobody is authorised by one. */
export interface UnknownApplication extends Provenance {
  readonly outcome: 'unknown';
  /** A managed identity has a service principal but no registration; one of another tenant has it there. */
  readonly reason: 'agent_not_in_directory' | 'agent_is_managed_identity' | 'agent_of_another_tenant';
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
   * Who may reach the application, or why nobody can tell; young enough to decide about `client`. Counted from when it
   * was asked for at the source (`fetchedAt`), an answer lets a listed client in for at most 60 s, and keeps out one that
   * it does not list for at most 15 s.
   *
   * @throws LkpsError `authorization_unavailable` when a retry can help.
   */
  findPreAuthorization(application: ClientId, client: ClientId): Promise<PreAuthorization>;
}
