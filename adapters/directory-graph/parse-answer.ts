import { isGuid, parseClientId, parseObjectId, type ClientId, type ObjectId } from '../../core/index.ts';
import { unavailable } from './unavailable.ts';

type Body = Readonly<Record<string, unknown>>;

export interface ServicePrincipal {
  readonly id: ObjectId;
  readonly type: string;
  /** The tenant that has the app registration; a few of Microsoft's own have none. */
  readonly ownerTenantId: string | undefined;
}

/** `api.preAuthorizedApplications[].appId` of an application; @throws LkpsError `authorization_unavailable` */
export function parsePreAuthorized(body: Body, asked: ClientId): ReadonlySet<ClientId> {
  requireAnswerAbout(body, asked);
  const { api } = body;
  const listed = isRecord(api) ? api['preAuthorizedApplications'] : undefined;
  if (!Array.isArray(listed)) {
    throw unavailable('Graph answers without the list of pre-authorized applications');
  }
  return new Set(
    listed.map((entry: unknown) => {
      const appId = isRecord(entry) ? entry['appId'] : undefined;
      if (typeof appId !== 'string' || !isGuid(appId)) {
        throw unavailable('Graph answers with a pre-authorized application that has no app id');
      }
      return parseClientId(appId);
    }),
  );
}

/** @throws LkpsError `authorization_unavailable` */
export function parseServicePrincipal(body: Body, asked: ClientId): ServicePrincipal {
  requireAnswerAbout(body, asked);
  const { id, servicePrincipalType: type, appOwnerOrganizationId: owner } = body;
  if (typeof id !== 'string' || typeof type !== 'string' || type === '') {
    throw unavailable('Graph answers with a service principal that lacks something');
  }
  if (owner !== null && (typeof owner !== 'string' || !isGuid(owner))) {
    throw unavailable('Graph answers with a service principal whose owner is no tenant');
  }
  return { id: parseObjectId(id), type, ownerTenantId: owner?.toLowerCase() };
}

/** An answer about another application decides nothing about this one. */
function requireAnswerAbout({ id, appId }: Body, asked: ClientId): void {
  if (typeof id !== 'string' || !isGuid(id) || typeof appId !== 'string') {
    throw unavailable('Graph answers with something else than what was asked for');
  }
  if (appId.toLowerCase() !== asked) {
    throw unavailable('Graph answers about another application');
  }
}

function isRecord(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
