import { graphEdit } from './guide-graph.ts';
import { entraToken, fieldOf, sessionStart } from './guide-lines.ts';
import type { Stack } from './stack.ts';

const OPERATOR_SETTINGS = [
  'LKPS_REGION',
  'LKPS_DATABASE_URL',
  'LKPS_SUBJECT_KEY',
  'LKPS_LIVEKIT_URL',
  'LKPS_LIVEKIT_KEYS',
] as const;

/** What `npm run dev` shows once all is up: where things are, and lines to paste into another terminal. */
export function guideTo(stack: Stack): string {
  const { entra, ocelot, lkps, livekit, postgres, agent } = stack;
  return [
    '',
    `  Ocelot (the front door)  ${ocelot.url}`,
    `  LKPS (behind it)         ${lkps.url}`,
    `  LiveKit                  ${livekit.wsUrl}`,
    `  Agent gateway            ${stack.agentGatewayUrl}`,
    `  Entra emulator           ${entra.authority}/${entra.tenantId}`,
    `  PostgreSQL               ${postgres.adminUrl}`,
    `  Echo agent               ${agent === undefined ? 'not started' : agent.name}`,
    '',
    'Paste these into another terminal, in this folder.',
    '',
    ...(agent === undefined ? registrationBy(stack) : sessionWith(stack)),
    ...(stack.lkpsEnv['LKPS_DIRECTORY'] === 'graph' ? graphEdit(stack) : []),
    'What is on record, where there is a psql:',
    '',
    `  psql '${postgres.serviceUrl}' \\`,
    "    -c 'select occurred_at, type, outcome, reason from audit_events order by event_id desc limit 10'",
    '',
    ...operatorCommands(stack),
    'Is it well?',
    '',
    `  curl -s ${ocelot.url}/api/health`,
    '',
    'Ctrl-C stops everything.',
    '',
  ].join('\n');
}

function sessionWith(stack: Stack): readonly string[] {
  const { accounts, livekit } = stack;
  const { username, password } = accounts.users.ada;
  return [
    'An Entra token for the application client-a:',
    '',
    ...entraToken(stack, { variable: 'TOKEN', app: accounts.apps['client-a'] }),
    '',
    'Or one for the user ada, who signed in to client-a:',
    '',
    ...entraToken(stack, {
      variable: 'TOKEN',
      app: accounts.apps['client-a'],
      grant: ['grant_type=password', `username=${username}`, `password=${password}`],
    }),
    '',
    'With either of them, a session with agent-a:',
    '',
    `  SESSION=$(${sessionStart(stack, 'TOKEN')}); echo "$SESSION"`,
    '',
    'Join it, send a tone and a message, hear the agent answer, leave:',
    '',
    `  LKPS_CLIENT_URL=${livekit.wsUrl} \\`,
    `    LKPS_CLIENT_TOKEN=$(echo "$SESSION" | ${fieldOf('participant_token')}) \\`,
    '    npx node dev/client/main.ts talk',
    '',
  ];
}

function registrationBy(stack: Stack): readonly string[] {
  return [
    'No agent is registered: until one is, a session start answers 404 agent_not_registered, and until',
    'its worker is connected to the agent gateway, 503 agent_unavailable.',
    'An Entra token for the application agent-a:',
    '',
    ...entraToken(stack, { variable: 'TOKEN', app: stack.accounts.apps['agent-a'] }),
    '',
    'Its registration: the token and the livekit_url that its worker starts with:',
    '',
    `  curl -s -X POST ${stack.ocelot.url}/api/agent/register -H "authorization: Bearer $TOKEN"`,
    '',
  ];
}

function operatorCommands({ lkpsEnv }: Stack): readonly string[] {
  return [
    "What lkps' commands need, in this shell from then on:",
    '',
    ...OPERATOR_SETTINGS.map((name) => `  export ${name}='${lkpsEnv[name] ?? ''}'`),
    '',
    'With it, the agents that registered; agents, clients and sessions say with --help what else they do:',
    '',
    '  npm run lkps -- agents list',
    '',
  ];
}
