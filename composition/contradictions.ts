import { directoryContradictions } from './directory-config.ts';
import { gatewayContradictions } from './gateway-config.ts';
import { identityContradictions } from './identity-contradictions.ts';
import type { Environment, Name, Values } from './setting-values.ts';

/** Settings that are each right and together wrong. `values` holds those that were. */
export function contradictions(values: Partial<Values<Name>>, env: Environment): readonly string[] {
  return [
    ...identityContradictions(values, env),
    ...directoryContradictions(values, env),
    ...gatewayContradictions(values, env),
    ...sharedKeys(values),
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

type Keys = Partial<Values<(typeof KEY_LISTS)[number]>>;

const KEY_LISTS = ['LKPS_LIVEKIT_KEYS', 'LKPS_WEBHOOK_KEYS', 'LKPS_AGENT_TOKEN_KEYS'] as const;
const SECRET_ALONE = ['LKPS_SUBJECT_KEY', 'LKPS_GRAPH_CLIENT_SECRET'] as const;

/** What two purposes must not share: a key id, by which whoever verifies finds the key, and a secret. */
export function sharedKeys(values: Partial<Values<Name>>): readonly string[] {
  return [...sharedIds(values), ...sharedSecrets(values)];
}

function sharedIds({ LKPS_LIVEKIT_KEYS, LKPS_WEBHOOK_KEYS, LKPS_AGENT_TOKEN_KEYS }: Keys): readonly string[] {
  const idsOf = (...lists: readonly Keys[keyof Keys][]): ReadonlySet<string> =>
    new Set(lists.flatMap((keys) => keys?.map(({ id }) => id) ?? []));
  const signing = idsOf(LKPS_LIVEKIT_KEYS);
  const atLiveKit = idsOf(LKPS_LIVEKIT_KEYS, LKPS_WEBHOOK_KEYS);
  return [
    ...(LKPS_WEBHOOK_KEYS ?? [])
      .filter(({ id }) => signing.has(id))
      .map(({ id }) => `LKPS_WEBHOOK_KEYS: ${id} also signs tokens; webhooks need a key of their own`),
    ...(LKPS_AGENT_TOKEN_KEYS ?? [])
      .filter(({ id }) => atLiveKit.has(id))
      .map(
        ({ id }) => `LKPS_AGENT_TOKEN_KEYS: ${id} is a key of LiveKit's; agent tokens need one of their own`,
      ),
  ];
}

/** One secret for two purposes lets whoever holds it for the one do the other. */
function sharedSecrets(values: Partial<Values<Name>>): readonly string[] {
  const uses = [
    ...KEY_LISTS.flatMap((name) => (values[name] ?? []).map(({ secret }) => [name, secret] as const)),
    ...(values.LKPS_PROXY_SECRETS ?? []).map((secret) => ['LKPS_PROXY_SECRETS', secret] as const),
    ...SECRET_ALONE.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]] as const])),
  ];
  const firstUse = new Map<string, string>();
  return uses.flatMap(([name, secret]) => {
    const first = firstUse.get(secret.reveal());
    firstUse.set(secret.reveal(), first ?? name);
    return first === undefined ? [] : [`${name}: holds a secret that ${first} holds already`];
  });
}
