import { DEFAULT_SCOPE_ID } from './entra/graph-objects.ts';
import { entraToken, sessionStart } from './guide-lines.ts';
import type { Stack } from './stack.ts';

/** How to edit whom agent-a lists, as its owner does it at Microsoft's Graph, and see what comes of it. */
export function graphEdit(stack: Stack): readonly string[] {
  const { apps } = stack.accounts;
  return [
    'agent-a does not list client-b, so this is 403 client_not_authorized:',
    '',
    ...entraToken(stack, { variable: 'B_TOKEN', app: apps['client-b'] }),
    `  ${sessionStart(stack, 'B_TOKEN')}`,
    '',
    `agent-a may edit its own list at Graph. With client-b on it the line above is ${reached(stack)}, 15 s later at most:`,
    '',
    ...entraToken(stack, {
      variable: 'GRAPH_TOKEN',
      app: apps['agent-a'],
      scope: `${stack.entra.graph.url}/.default`,
    }),
    ...listOf(stack, ['client-a', 'client-b']),
    '',
    'And without it 403 again, 60 s later at most:',
    '',
    ...listOf(stack, ['client-a']),
    '',
  ];
}

function reached({ agent }: Stack): string {
  return agent === undefined ? '503 agent_unavailable' : '201';
}

function listOf(
  { accounts: { apps }, entra }: Stack,
  clients: readonly ('client-a' | 'client-b')[],
): readonly string[] {
  const preAuthorizedApplications = clients.map((name) => ({
    appId: apps[name].clientId,
    delegatedPermissionIds: [DEFAULT_SCOPE_ID],
  }));
  return [
    `  curl -s -X PATCH "${entra.graph.url}/v1.0/applications(appId='${apps['agent-a'].clientId}')" \\`,
    `    --cacert ${entra.caFile} -w '%{http_code}\\n' \\`,
    `    -H "authorization: Bearer $GRAPH_TOKEN" -H 'content-type: application/json' \\`,
    `    -d '${JSON.stringify({ api: { preAuthorizedApplications } })}'`,
  ];
}
