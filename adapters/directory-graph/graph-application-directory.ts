import type { ApplicationDirectory, ClientId, Clock, ObjectId, PreAuthorization } from '../../core/index.ts';
import { AnswerCache } from './answer-cache.ts';
import { deadlineIn, type Deadline } from './deadline.ts';
import { GraphClient } from './graph-client.ts';
import { GraphToken, type GraphCredential } from './graph-token.ts';
import { parsePreAuthorized, parseServicePrincipal, type ServicePrincipal } from './parse-answer.ts';

export interface GraphApplicationDirectoryOptions {
  /** An origin: `https://graph.microsoft.com`, or that of a national cloud. */
  readonly graphUrl: string;
  /** The tenant whose app registrations count. */
  readonly tenantId: string;
  readonly credential: GraphCredential;
  readonly clock: Clock;
}

type UnknownReason = Extract<PreAuthorization, { readonly outcome: 'unknown' }>['reason'];
/** As {@link PreAuthorization}, without where it comes from. */
type Registration =
  | { readonly outcome: 'known'; readonly clients: ReadonlySet<ClientId> }
  | { readonly outcome: 'unknown'; readonly reason: UnknownReason };

/** For everything about one lookup, the token included. */
const DEADLINE_MS = 2000;
/** How old an answer may be that lets somebody in, or that keeps somebody out. */
const ALLOWED_MS = 60_000;
const DENIED_MS = 15_000;
const MAX_ENTRIES = 10_000;
/** Pre-authorised clients in all kept registrations together. */
const MAX_CLIENTS = 200_000;

/**
 * {@link ApplicationDirectory} on Microsoft Graph, read with the application permission `Application.Read.All`.
 *
 * Asks at most once in 15 s for each application and kind of question, whoever polls (once in 5 s while Graph fails);
 * as long as only listed clients come, once in 60 s. What Graph says in any other form than its own is doubt.
 */
export class GraphApplicationDirectory implements ApplicationDirectory {
  readonly #graph: GraphClient;
  readonly #tenantId: string;
  readonly #registrations: AnswerCache<ClientId, Registration>;
  readonly #principals: AnswerCache<ClientId, ServicePrincipal | undefined>;

  constructor({ graphUrl, tenantId, credential, clock }: GraphApplicationDirectoryOptions) {
    const token = new GraphToken({ credential, scope: `${graphUrl}/.default`, deadlineMs: DEADLINE_MS });
    this.#graph = new GraphClient({ graphUrl, token, clock });
    this.#tenantId = tenantId.toLowerCase();
    const limits = { clock, maxEntries: MAX_ENTRIES, maxWeight: MAX_ENTRIES + MAX_CLIENTS };
    this.#registrations = new AnswerCache({ ...limits, weigh: weightOf });
    this.#principals = new AnswerCache({ ...limits, weigh: () => 1 });
  }

  async findServicePrincipalId(application: ClientId): Promise<ObjectId | undefined> {
    const { value } = await this.#principals.get(
      application,
      (principal) => (principal === undefined ? DENIED_MS : ALLOWED_MS),
      () => this.#fetchPrincipal(application, deadlineIn(DEADLINE_MS)),
    );
    return value?.id;
  }

  async findPreAuthorization(application: ClientId, client: ClientId): Promise<PreAuthorization> {
    const { value, at } = await this.#registrations.get(
      application,
      (known) => (known.outcome === 'known' && known.clients.has(client) ? ALLOWED_MS : DENIED_MS),
      () => this.#fetchRegistration(application, deadlineIn(DEADLINE_MS)),
    );
    return { ...value, source: 'graph', fetchedAt: at };
  }

  async #fetchRegistration(application: ClientId, deadline: Deadline): Promise<Registration> {
    const path = `applications(appId='${application}')?$select=id,appId,api`;
    const answer = await this.#graph.get(path, deadline);
    if (answer.outcome === 'found') {
      return { outcome: 'known', clients: parsePreAuthorized(answer.body, application) };
    }
    const principal = await this.#fetchPrincipal(application, deadline);
    return { outcome: 'unknown', reason: this.#whyUnregistered(principal) };
  }

  async #fetchPrincipal(application: ClientId, deadline: Deadline): Promise<ServicePrincipal | undefined> {
    const fields = 'id,appId,servicePrincipalType,appOwnerOrganizationId';
    const path = `servicePrincipals(appId='${application}')?$select=${fields}`;
    const answer = await this.#graph.get(path, deadline);
    return answer.outcome === 'found' ? parseServicePrincipal(answer.body, application) : undefined;
  }

  #whyUnregistered(principal: ServicePrincipal | undefined): UnknownReason {
    if (principal?.type === 'ManagedIdentity') {
      return 'agent_is_managed_identity';
    }
    const owner = principal?.ownerTenantId;
    return owner === undefined || owner === this.#tenantId
      ? 'agent_not_in_directory'
      : 'agent_of_another_tenant';
  }
}

function weightOf(registration: Registration): number {
  return registration.outcome === 'known' ? 1 + registration.clients.size : 1;
}
