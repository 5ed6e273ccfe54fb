import { randomUUID } from 'node:crypto';
import type { EntraApp } from './directory.ts';
import { graphRefuses } from './graph-error.ts';

/** Of Graph itself, the same in every tenant. */
export const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';
/** The one delegated permission that every app registration here exposes. */
export const DEFAULT_SCOPE_ID = randomUUID();

export type GraphObject = Readonly<Record<string, unknown>>;

/** The app registrations and service principals of the tenant, as Graph shows them. */
export class GraphObjects {
  readonly #tenantId: string;
  readonly #apps: readonly EntraApp[];
  readonly #preAuthorized: Map<string, readonly string[]>;
  readonly #objectIds: ReadonlyMap<string, string>;

  constructor(tenantId: string, apps: readonly EntraApp[]) {
    this.#tenantId = tenantId;
    this.#apps = apps;
    this.#objectIds = new Map(apps.map(({ clientId }) => [clientId, randomUUID()]));
    this.#preAuthorized = new Map(apps.map(({ clientId, preAuthorized = [] }) => [clientId, preAuthorized]));
  }

  /** As an owner of the app registration does it; at once, which Entra does not promise. */
  setPreAuthorized(appId: string, clients: readonly string[]): void {
    const unknown = clients.find((client) => !this.#apps.some(({ clientId }) => clientId === client));
    if (unknown !== undefined) throw graphRefuses.unknownClient(unknown);
    this.#preAuthorized.set(appId, clients);
  }

  /** `/applications(appId='..')`: neither a managed identity nor an app of another tenant has one here. */
  application(appId: string): GraphObject {
    const app = this.#find(appId);
    if (app.managedIdentity === true || this.#ownerOf(app) !== this.#tenantId) {
      throw graphRefuses.unknownObject(appId);
    }
    const listed = this.#preAuthorized.get(app.clientId) ?? [];
    return {
      id: this.#objectIds.get(app.clientId),
      appId: app.clientId,
      displayName: app.displayName,
      signInAudience: 'AzureADMyOrg',
      api: {
        acceptMappedClaims: null,
        knownClientApplications: [],
        requestedAccessTokenVersion: 2,
        oauth2PermissionScopes: [{ id: DEFAULT_SCOPE_ID, value: 'access_as_user', isEnabled: true }],
        preAuthorizedApplications: listed.map((client) => ({
          appId: client,
          delegatedPermissionIds: [DEFAULT_SCOPE_ID],
        })),
      },
    };
  }

  /** `/servicePrincipals(appId='..')` */
  servicePrincipal(appId: string): GraphObject {
    const app = this.#find(appId);
    return {
      id: app.servicePrincipalId,
      appId: app.clientId,
      displayName: app.displayName,
      servicePrincipalType: app.managedIdentity === true ? 'ManagedIdentity' : 'Application',
      appOwnerOrganizationId: app.managedIdentity === true ? null : this.#ownerOf(app),
    };
  }

  #find(appId: string): EntraApp {
    const app = this.#apps.find(({ clientId }) => clientId === appId.toLowerCase());
    if (app === undefined) throw graphRefuses.unknownObject(appId);
    return app;
  }

  #ownerOf({ ownerTenantId }: EntraApp): string {
    return ownerTenantId ?? this.#tenantId;
  }
}
