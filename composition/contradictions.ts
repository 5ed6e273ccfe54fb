import type { Environment, Name, Values } from './setting-values.ts';

/** Settings that are each right and together wrong. `values` holds those that were. */
export function contradictions(values: Partial<Values<Name>>, env: Environment): readonly string[] {
  const apiKeyIds = new Set(values.LKPS_LIVEKIT_KEYS?.map((key) => key.id));
  const shared = values.LKPS_WEBHOOK_KEYS?.filter((key) => apiKeyIds.has(key.id)) ?? [];
  return [
    ...authorizerContradictions(values, env),
    ...(values.LKPS_IDENTITY === 'ocelot' &&
    values.LKPS_PROXY_PROOF === 'secret' &&
    env['LKPS_PROXY_SECRETS'] === undefined
      ? [
          'LKPS_PROXY_SECRETS: is required, or LKPS_PROXY_PROOF=network must say that the network alone guarantees Ocelot',
        ]
      : []),
    ...(values.LKPS_PROXY_PROOF === 'network' && env['LKPS_PROXY_SECRETS'] !== undefined
      ? ['LKPS_PROXY_SECRETS: is never read with LKPS_PROXY_PROOF=network']
      : []),
    ...sharedSecrets(values),
    ...shared.map(
      (key) => `LKPS_WEBHOOK_KEYS: ${key.id} also signs tokens; webhooks need a key of their own`,
    ),
    ...(values.LKPS_MIGRATE_AT_START === true && env['LKPS_DATABASE_ADMIN_URL'] === undefined
      ? ['LKPS_DATABASE_ADMIN_URL: is required with LKPS_MIGRATE_AT_START=true']
      : []),
  ];
}

const TRUST = ['LKPS_ENTRA_TENANT_ID', 'LKPS_ENTRA_AUDIENCES', 'LKPS_ENTRA_CLIENTS'] as const;

/** A setting that is there and never read would be believed to protect. */
function authorizerContradictions(values: Partial<Values<Name>>, env: Environment): readonly string[] {
  if (values.LKPS_IDENTITY === 'authorizer') {
    const missing = TRUST.filter((name) => env[name] === undefined);
    const unread = ['LKPS_PROXY_PROOF', 'LKPS_PROXY_SECRETS', 'LKPS_APPLICATION_EVIDENCE'].filter(
      (name) => env[name] !== undefined,
    );
    return [
      ...missing.map((name) => `${name}: is required with LKPS_IDENTITY=authorizer`),
      ...unread.map((name) => `${name}: is never read with LKPS_IDENTITY=authorizer`),
    ];
  }
  return TRUST.filter((name) => env[name] !== undefined).map(
    (name) => `${name}: is never read without LKPS_IDENTITY=authorizer`,
  );
}

/** One secret for two purposes lets whoever holds it for the one do the other. */
function sharedSecrets(values: Partial<Values<Name>>): readonly string[] {
  const uses = [
    ...(values.LKPS_LIVEKIT_KEYS ?? []).map(({ secret }) => ['LKPS_LIVEKIT_KEYS', secret] as const),
    ...(values.LKPS_WEBHOOK_KEYS ?? []).map(({ secret }) => ['LKPS_WEBHOOK_KEYS', secret] as const),
    ...(values.LKPS_PROXY_SECRETS ?? []).map((secret) => ['LKPS_PROXY_SECRETS', secret] as const),
    ...(values.LKPS_SUBJECT_KEY === undefined
      ? []
      : [['LKPS_SUBJECT_KEY', values.LKPS_SUBJECT_KEY] as const]),
  ];
  const firstUse = new Map<string, string>();
  return uses.flatMap(([name, secret]) => {
    const first = firstUse.get(secret.reveal());
    firstUse.set(secret.reveal(), first ?? name);
    return first === undefined ? [] : [`${name}: holds a secret that ${first} holds already`];
  });
}
