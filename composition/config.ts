import type { z } from 'zod';
import { SETTINGS, type NamedSecret, type Setting } from './settings.ts';
import type { Secret } from './secret.ts';

type Settings = typeof SETTINGS;
type Name = keyof Settings;
type Value<K extends Name> =
  z.output<Settings[K]['schema']> | (Settings[K] extends { readonly optional: true } ? undefined : never);
type Values<K extends Name> = { readonly [Key in K]: Value<Key> };

/** Everything about a deployment that may be shown. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly region: string;
  readonly livekitUrl: string;
  readonly livekitPublicUrl: string;
  readonly proxyProof: 'secret' | 'network';
  readonly applicationEvidence: 'directory' | 'headers';
  readonly directoryFile: string;
  readonly tokenTtlMs: Value<'LKPS_TOKEN_TTL_SECONDS'>;
  readonly trustedHops: number;
  readonly databasePool: number;
  readonly migrateAtStart: boolean;
  readonly logLevel: Value<'LKPS_LOG_LEVEL'>;
}

/** Everything that may not. */
export interface Secrets {
  readonly databaseUrl: Secret;
  readonly databaseAdminUrl: Secret | undefined;
  readonly signingKey: NamedSecret;
  readonly webhookKeys: readonly NamedSecret[];
  readonly proxySecrets: readonly Secret[];
  readonly subjectKey: Secret;
}

export interface ServeConfig {
  readonly config: Config;
  readonly secrets: Secrets;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Lists every problem of the environment at once; never a value. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `the configuration has ${problems.length} problem(s):\n${problems.map((line) => `  ${line}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** @throws ConfigError naming every variable that is missing or wrong. */
export function parseServeConfig(env: Environment): ServeConfig {
  const problems: string[] = [];
  const read = readSettings(env, Object.keys(SETTINGS).filter(isName), problems);
  problems.push(...contradictions(read, env));
  const values = orThrow(read, problems);
  const [signingKey] = values.LKPS_LIVEKIT_KEYS;
  if (signingKey === undefined) {
    throw new ConfigError(['LKPS_LIVEKIT_KEYS: holds no key']);
  }
  const config: Config = {
    host: values.LKPS_HOST,
    port: values.LKPS_PORT,
    region: values.LKPS_REGION,
    livekitUrl: values.LKPS_LIVEKIT_URL,
    livekitPublicUrl: values.LKPS_LIVEKIT_PUBLIC_URL,
    proxyProof: values.LKPS_PROXY_PROOF,
    applicationEvidence: values.LKPS_APPLICATION_EVIDENCE,
    directoryFile: values.LKPS_DIRECTORY,
    tokenTtlMs: values.LKPS_TOKEN_TTL_SECONDS,
    trustedHops: values.LKPS_TRUSTED_HOPS,
    databasePool: values.LKPS_DATABASE_POOL,
    migrateAtStart: values.LKPS_MIGRATE_AT_START,
    logLevel: values.LKPS_LOG_LEVEL,
  };
  return {
    config,
    secrets: {
      databaseUrl: values.LKPS_DATABASE_URL,
      databaseAdminUrl: values.LKPS_DATABASE_ADMIN_URL,
      signingKey,
      webhookKeys: values.LKPS_WEBHOOK_KEYS,
      proxySecrets: values.LKPS_PROXY_SECRETS ?? [],
      subjectKey: values.LKPS_SUBJECT_KEY,
    },
  };
}

/** What `lkps migrate` needs: the owner's connection, and the service's, whose role it lets in. */
export function parseMigrateConfig(env: Environment): {
  readonly adminUrl: Secret;
  readonly serviceUrl: Secret;
} {
  const problems: string[] = [];
  const read = readSettings(env, ['LKPS_DATABASE_URL', 'LKPS_DATABASE_ADMIN_URL'], problems);
  if (env['LKPS_DATABASE_ADMIN_URL'] === undefined) {
    problems.push('LKPS_DATABASE_ADMIN_URL: is required to migrate');
  }
  const values = orThrow(read, problems);
  if (values.LKPS_DATABASE_ADMIN_URL === undefined) {
    throw new ConfigError(['LKPS_DATABASE_ADMIN_URL: is required to migrate']);
  }
  return { adminUrl: values.LKPS_DATABASE_ADMIN_URL, serviceUrl: values.LKPS_DATABASE_URL };
}

function readSettings<K extends Name>(
  env: Environment,
  names: readonly K[],
  problems: string[],
): Partial<Values<K>> {
  const values: Partial<Record<Name, unknown>> = {};
  for (const name of names) {
    const setting: Setting = SETTINGS[name];
    const raw = env[name] ?? setting.default;
    if (raw === undefined) {
      problems.push(...(setting.optional ? [] : [`${name}: is required`]));
      continue;
    }
    const parsed = setting.schema.safeParse(raw);
    if (parsed.success) {
      values[name] = parsed.data;
    } else {
      problems.push(`${name}: ${parsed.error.issues.map((issue) => issue.message).join(', ')}`);
    }
  }
  return values as Partial<Values<K>>; // each value came out of the schema of its own name
}

function orThrow<K extends Name>(values: Partial<Values<K>>, problems: readonly string[]): Values<K> {
  if (problems.length > 0) {
    throw new ConfigError(problems);
  }
  return values as Values<K>; // without a problem none is missing
}

function contradictions(values: Partial<Values<Name>>, env: Environment): readonly string[] {
  const apiKeyIds = new Set(values.LKPS_LIVEKIT_KEYS?.map((key) => key.id));
  const shared = values.LKPS_WEBHOOK_KEYS?.filter((key) => apiKeyIds.has(key.id)) ?? [];
  return [
    ...(values.LKPS_PROXY_PROOF === 'secret' && env['LKPS_PROXY_SECRETS'] === undefined
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

function isName(name: string): name is Name {
  return name in SETTINGS;
}
