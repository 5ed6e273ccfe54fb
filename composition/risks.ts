import type { DatabaseTransport } from '../adapters/persistence-knex/index.ts';
import type { Config, RateLimits } from './config.ts';
import { isSecretFile } from './secret-files.ts';
import type { Environment } from './setting-values.ts';
import { SETTINGS } from './settings.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Sign-in of the clouds of Microsoft. */
const MICROSOFT = [
  'https://login.microsoftonline.com',
  'https://login.microsoftonline.us',
  'https://login.partner.microsoftonline.cn',
];

const MICROSOFT_GRAPH = [
  'https://graph.microsoft.com',
  'https://graph.microsoft.us',
  'https://dod-graph.microsoft.us',
  'https://microsoftgraph.chinacloudapi.cn',
];

/** What an operator may have meant, but should hear at every start. */
export function risksOf(config: Config, env: Environment): readonly string[] {
  const { livekitUrl, livekitPublicUrl } = config;
  return [
    ...(config.proxyProof === 'network'
      ? ['LKPS_PROXY_PROOF=network: whoever reaches this port can claim any identity']
      : []),
    ...(config.agentGateway.mode === 'off'
      ? [
          "LKPS_AGENT_GATEWAY=off: any agent token can take any agent's jobs, tap them, and make itself a token for any room",
        ]
      : []),
    ...(config.identity.source === 'ocelot' && config.identity.evidence === 'headers'
      ? ['LKPS_APPLICATION_EVIDENCE=headers: a request without user headers acts as the application itself']
      : []),
    ...('tokens' in config.identity && !MICROSOFT.includes(config.identity.tokens.trust.authority)
      ? ['LKPS_ENTRA_AUTHORITY: is not of Microsoft; whoever answers there decides which tokens are good']
      : []),
    ...(config.directory.source === 'graph' && !MICROSOFT_GRAPH.includes(config.directory.graphUrl)
      ? ['LKPS_GRAPH_URL: is not of Microsoft; whoever answers there decides who may reach an agent']
      : []),
    ...(config.agentRules.userAgents === 'allow'
      ? ['LKPS_USER_AGENTS=allow: every user the edge lets in can run an agent']
      : []),
    ...(config.agentRules.clientAuthorization === 'agent-declared'
      ? ['LKPS_CLIENT_AUTHORIZATION=agent-declared: any agent can let in every caller that the edge lets in']
      : []),
    ...callerLimitRisks(config.rateLimits),
    ...(config.rateLimits.perClient === 'off'
      ? ['LKPS_RATE_LIMIT_CLIENT=off: one client can keep this process from serving the others']
      : []),
    ...refusalRowRisks(config.rateLimits.refusalRows),
    ...(config.migrateAtStart
      ? [
          "LKPS_MIGRATE_AT_START=true: this process holds the owner's login, which can switch off what keeps the audit trail append-only",
        ]
      : []),
    ...transportRisks('LKPS_DATABASE_URL', config.databaseTransport.service),
    ...transportRisks('LKPS_DATABASE_ADMIN_URL', config.databaseTransport.owner),
    ...plaintextRisks({
      LKPS_LIVEKIT_URL: livekitUrl,
      LKPS_LIVEKIT_PUBLIC_URL: livekitPublicUrl,
      ...(config.agentGateway.mode === 'off'
        ? {}
        : { LKPS_GATEWAY_PUBLIC_URL: config.agentGateway.publicUrl }),
    }),
    ...config.corsOrigins
      .filter((origin) => isPlaintext(new URL(origin)))
      .map((origin) => `LKPS_CORS_ORIGINS: ${origin} is a page that anyone on its way can change`),
    ...unknownSettings(env),
  ];
}

export function refusalRowRisks(limit: RateLimits['refusalRows']): readonly string[] {
  return limit === 'off' ? ['LKPS_REFUSAL_ROWS=off: whoever reaches this port can fill the audit trail'] : [];
}

export function plaintextRisks(urls: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(urls)
    .filter(([, url]) => isPlaintext(new URL(url)))
    .map(([name]) => `${name}: tokens travel unencrypted to another host`);
}

export function unknownSettings(env: Environment): readonly string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith('LKPS_') && !(name in SETTINGS) && !isSecretFile(name))
    .map((name) => `${name}: is not a setting of the service, and is ignored`);
}

/** Of a window of the client's, a caller can have as many windows of their own as fit into it. */
function callerLimitRisks({ perCaller, perClient }: RateLimits): readonly string[] {
  const risk = 'one user can use up what their client may ask';
  if (perCaller === 'off') {
    return [`LKPS_RATE_LIMIT_CALLER=off: ${risk}`];
  }
  if (perClient === 'off') {
    return [];
  }
  const ofOneCaller = perCaller.requests * Math.ceil(perClient.windowMs / perCaller.windowMs);
  return ofOneCaller >= perClient.requests
    ? [`LKPS_RATE_LIMIT_CALLER: is too high for LKPS_RATE_LIMIT_CLIENT: ${risk}`]
    : [];
}

const TRANSPORT_RISKS: Readonly<Record<DatabaseTransport, readonly string[]>> = {
  local: [],
  verified: [],
  unverified: ['nothing shows that who answers is the database; sslmode=verify-full does'],
  plaintext: [
    'what is read and written travels unencrypted to another host; sslmode=verify-full encrypts it, and checks the host',
  ],
};

export function transportRisks(name: string, transport: DatabaseTransport | undefined): readonly string[] {
  return transport === undefined ? [] : TRANSPORT_RISKS[transport].map((risk) => `${name}: ${risk}`);
}

function isPlaintext({ protocol, hostname }: URL): boolean {
  return (protocol === 'http:' || protocol === 'ws:') && !LOOPBACK.test(hostname);
}
