import type { Environment, Name, Values } from './setting-values.ts';

const TRUST = ['LKPS_ENTRA_TENANT_ID', 'LKPS_ENTRA_AUDIENCES', 'LKPS_ENTRA_CLIENTS'] as const;
const OF_TOKENS = [...TRUST, 'LKPS_ENTRA_AUTHORITY'] as const;
/** Which the directory of Graph reads as well. */
const OF_GRAPH_TOO: readonly string[] = ['LKPS_ENTRA_TENANT_ID', 'LKPS_ENTRA_AUTHORITY'];
const OCELOT_ONLY = ['LKPS_PROXY_PROOF', 'LKPS_PROXY_SECRETS', 'LKPS_APPLICATION_EVIDENCE'] as const;

/** What the chosen identity lacks, and what it would never read: that would be believed to protect. */
export function identityContradictions(values: Partial<Values<Name>>, env: Environment): readonly string[] {
  const { LKPS_IDENTITY: source, LKPS_APPLICATION_EVIDENCE: evidence } = values;
  if (source === undefined) {
    return []; // no source at all, and named already
  }
  if (source !== 'ocelot') {
    const by = `LKPS_IDENTITY=${source}`;
    const unread = OCELOT_ONLY.filter((name) => env[name] !== undefined);
    return [...missingTrust(env, by), ...unread.map((name) => `${name}: is never read with ${by}`)];
  }
  const ofTokens =
    evidence === 'token' ? missingTrust(env, 'LKPS_APPLICATION_EVIDENCE=token') : unreadOfTokens(values, env);
  return [...(evidence === undefined ? [] : ofTokens), ...proofContradictions(values, env)];
}

function missingTrust(env: Environment, by: string): readonly string[] {
  return TRUST.filter((name) => env[name] === undefined).map((name) => `${name}: is required with ${by}`);
}

function unreadOfTokens(values: Partial<Values<Name>>, env: Environment): readonly string[] {
  const mayBeOfGraph = values.LKPS_DIRECTORY?.source !== 'file';
  const isUnread = (name: string): boolean =>
    env[name] !== undefined && !(mayBeOfGraph && OF_GRAPH_TOO.includes(name));
  return [
    ...OF_TOKENS.filter(isUnread).map((name) => {
      const orGraph = OF_GRAPH_TOO.includes(name) ? ', or LKPS_DIRECTORY=graph' : '';
      return `${name}: is never read without LKPS_IDENTITY=entra or authorizer, or LKPS_APPLICATION_EVIDENCE=token${orGraph}`;
    }),
    ...(env['LKPS_REQUIRED_ROLE'] === undefined
      ? []
      : [
          "LKPS_REQUIRED_ROLE: Ocelot's headers carry no roles, so nobody would check it; with them alone Ocelot's Client Access List is the role, or set LKPS_APPLICATION_EVIDENCE=token",
        ]),
  ];
}

function proofContradictions(values: Partial<Values<Name>>, env: Environment): readonly string[] {
  const { LKPS_PROXY_PROOF: proof } = values;
  const hasSecrets = env['LKPS_PROXY_SECRETS'] !== undefined;
  if (proof === 'secret' && !hasSecrets) {
    return [
      'LKPS_PROXY_SECRETS: is required, or LKPS_PROXY_PROOF=network must say that the network alone guarantees Ocelot',
    ];
  }
  return proof === 'network' && hasSecrets
    ? ['LKPS_PROXY_SECRETS: is never read with LKPS_PROXY_PROOF=network']
    : [];
}
