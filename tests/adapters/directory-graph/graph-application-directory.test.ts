import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseClientId } from '../../../core/index.ts';
import { describeApplicationDirectory } from '../../contract/application-directory.contract.ts';
import {
  directoryOn,
  GRAPH_TENANT,
  GRAPH_TOKEN,
  openGraph,
  type FakeGraph,
} from '../../support/graph-server.ts';

describeApplicationDirectory('graph', async (known) => {
  const graph = await openGraph();
  for (const { application, servicePrincipalId, preAuthorized } of known) {
    graph.registrations.set(application, preAuthorized);
    graph.principals.set(application, { id: servicePrincipalId });
  }
  return { directory: directoryOn(graph), close: graph.close };
});

const AGENT = parseClientId('a9e00000-0000-4000-8000-000000000001');
const CLIENT = parseClientId('c11e0000-0000-4000-8000-000000000001');
const OTHER_TENANT = 'b0b0b0b0-0000-4000-8000-000000000002';

describe('GraphApplicationDirectory', () => {
  let graph: FakeGraph;
  beforeAll(async () => {
    graph = await openGraph();
  });
  afterAll(() => graph.close());

  it('asks for no more than it needs, with the token of its credential for Graph and nothing else', async () => {
    graph.registrations.set(AGENT, [CLIENT]);
    graph.principals.set(AGENT, {});
    const scopes: string[] = [];
    const directory = directoryOn(graph, {
      credential: {
        getToken: (scope) => {
          scopes.push(scope);
          return Promise.resolve({ token: GRAPH_TOKEN });
        },
      },
    });
    await directory.findPreAuthorization(AGENT, CLIENT);
    await directory.findServicePrincipalId(AGENT);
    const authorization = `Bearer ${GRAPH_TOKEN}`;
    const path = '/v1.0/servicePrincipals';
    expect(graph.requests).toEqual([
      { line: `GET /v1.0/applications(appId='${AGENT}')?$select=id,appId,api`, authorization },
      {
        line: `GET ${path}(appId='${AGENT}')?$select=id,appId,servicePrincipalType,appOwnerOrganizationId`,
        authorization,
      },
    ]);
    expect(new Set(scopes)).toEqual(new Set([`${graph.url}/.default`]));
  });

  it('takes ids in any case', async () => {
    graph.registrations.set(AGENT, [CLIENT.toUpperCase()]);
    const found = await directoryOn(graph).findPreAuthorization(AGENT, CLIENT);
    expect(found).toMatchObject({ outcome: 'known', clients: new Set([CLIENT]), source: 'graph' });
  });

  it.for<[string, Readonly<Record<string, unknown>> | undefined, string]>([
    ['that nobody knows', undefined, 'agent_not_in_directory'],
    ['that is a managed identity', { servicePrincipalType: 'ManagedIdentity' }, 'agent_is_managed_identity'],
    [
      'that is a managed identity owned by nobody',
      { servicePrincipalType: 'ManagedIdentity', appOwnerOrganizationId: null },
      'agent_is_managed_identity',
    ],
    ['of another tenant', { appOwnerOrganizationId: OTHER_TENANT }, 'agent_of_another_tenant'],
    ['whose registration was deleted', {}, 'agent_not_in_directory'],
    [
      'of this tenant in capitals',
      { appOwnerOrganizationId: GRAPH_TENANT.toUpperCase() },
      'agent_not_in_directory',
    ],
    ['that nobody owns', { appOwnerOrganizationId: null }, 'agent_not_in_directory'],
  ])('has no registration of an application %s, and says why', async ([, principal, reason]) => {
    graph.registrations.delete(AGENT);
    graph.principals.delete(AGENT);
    if (principal !== undefined) {
      graph.principals.set(AGENT, principal);
    }
    const found = await directoryOn(graph).findPreAuthorization(AGENT, CLIENT);
    expect(found).toMatchObject({ outcome: 'unknown', reason, source: 'graph' });
  });

  it('knows the service principal of a managed identity and of an application of another tenant', async () => {
    for (const fields of [
      { servicePrincipalType: 'ManagedIdentity' },
      { appOwnerOrganizationId: OTHER_TENANT },
    ]) {
      graph.principals.set(AGENT, { id: '59000000-0000-4000-8000-00000000000A', ...fields });
      const id = await directoryOn(graph).findServicePrincipalId(AGENT);
      expect(id).toBe('59000000-0000-4000-8000-00000000000a');
    }
  });
});
