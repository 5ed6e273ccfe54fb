import { directoryContradictions } from './directory-config.ts';
import { identityContradictions } from './identity-contradictions.ts';
import type { Environment, Name, Values } from './setting-values.ts';

/** Settings that are each right and together wrong. `values` holds those that were. */
export function contradictions(values: Partial<Values<Name>>, env: Environment): readonly string[] {
  const apiKeyIds = new Set(values.LKPS_LIVEKIT_KEYS?.map((key) => key.id));
  const shared = values.LKPS_WEBHOOK_KEYS?.filter((key) => apiKeyIds.has(key.id)) ?? [];
  return [
    ...identityContradictions(values, env),
    ...directoryContradictions(values, env),
    ...sharedSecrets(values),
    ...shared.map(
      (key) => `LKPS_WEBHOOK_KEYS: ${key.id} also signs tokens; webhooks need a key of their own`,
    ),
    ...(values.LKPS_MIGRATE_AT_START === true && env['LKPS_DATABASE_ADMIN_URL'] === undefined
      ? ['LKPS_DATABASE_ADMIN_URL: is required with LKPS_MIGRATE_AT_START=true']
      : []),
    ...(values.LKPS_MIGRATE_AT_START === false && env['LKPS_DATABASE_ADMIN_URL'] !== undefined
      ? [
          'LKPS_DATABASE_ADMIN_URL: is never read without LKPS_MIGRATE_AT_START=true; let `lkps migrate` alone have it',
        ]
      : []),
  ];
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
    ...(values.LKPS_GRAPH_CLIENT_SECRET === undefined
      ? []
      : [['LKPS_GRAPH_CLIENT_SECRET', values.LKPS_GRAPH_CLIENT_SECRET] as const]),
  ];
  const firstUse = new Map<string, string>();
  return uses.flatMap(([name, secret]) => {
    const first = firstUse.get(secret.reveal());
    firstUse.set(secret.reveal(), first ?? name);
    return first === undefined ? [] : [`${name}: holds a secret that ${first} holds already`];
  });
}
