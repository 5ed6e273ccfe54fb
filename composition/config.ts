import { databaseTarget, type DatabaseTransport } from '../adapters/persistence-knex/index.ts';
import type { AgentRules, RateLimit } from '../core/index.ts';
import { contradictions } from './contradictions.ts';
import { directoryConfig, type DirectoryConfig } from './directory-config.ts';
import { agentGatewayConfig, type AgentGatewayConfig } from './gateway-config.ts';
import { identityConfig, type IdentityConfig } from './identity-config.ts';
import { withSecretFiles } from './secret-files.ts';
import type { Environment, Name, Value, Values } from './setting-values.ts';
import { SETTINGS, type Setting } from './settings.ts';
import type { Secret } from './secret.ts';
import type { KeyList, NamedSecret } from './secret-values.ts';

/** Everything about a deployment that may be shown. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly region: string;
  readonly livekitUrl: string;
  readonly livekitPublicUrl: string;
  readonly agentGateway: AgentGatewayConfig;
  readonly identity: IdentityConfig;
  readonly proxyProof: 'secret' | 'network';
  readonly directory: DirectoryConfig;
  readonly agentRules: AgentRules;
  readonly maxOpenSessions: number;
  readonly tokenTtlMs: Value<'LKPS_TOKEN_TTL_SECONDS'>;
  readonly trustedHops: number;
  readonly corsOrigins: readonly string[];
  readonly rateLimits: RateLimits;
  readonly maxInFlight: number;
  readonly databasePool: number;
  /** By who logs in; undefined where a connection string is not given, or cannot be used. */
  readonly databaseTransport: Readonly<Record<'service' | 'owner', DatabaseTransport | undefined>>;
  readonly migrateAtStart: boolean;
  readonly logLevel: Value<'LKPS_LOG_LEVEL'>;
}

export type RateLimits = Readonly<Record<'perCaller' | 'perClient' | 'refusalRows', RateLimit | 'off'>>;

/** Everything that may not. */
export interface Secrets {
  readonly databaseUrl: Secret;
  readonly databaseAdminUrl: Secret | undefined;
  readonly signingKey: NamedSecret;
  readonly webhookKeys: readonly NamedSecret[];
  /** Undefined where agents connect to LiveKit itself, with tokens that its key signs. */
  readonly agentTokenKeys: KeyList | undefined;
  readonly proxySecrets: readonly Secret[];
  readonly subjectKey: Secret;
  readonly graphClientSecret: Secret | undefined;
}

export interface ServeConfig {
  readonly config: Config;
  readonly secrets: Secrets;
}

/** Lists every problem of the environment at once; never a value. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[], hint?: string) {
    const lines = problems.map((line) => `  ${line}`);
    super(
      [
        `the configuration has ${problems.length} problem(s):`,
        ...lines,
        ...(hint === undefined ? [] : [hint]),
      ].join('\n'),
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** @throws ConfigError naming every variable that is missing or wrong, after what its host finds `unfit`. */
export function parseServeConfig(given: Environment, unfit: readonly string[] = []): ServeConfig {
  const problems = [...unfit];
  const { env, isUsable } = withSecretFiles(given, problems);
  const read = readSettings(env, Object.keys(SETTINGS).filter(isName).filter(isUsable), problems);
  problems.push(...contradictions(read, env));
  const values = orThrow(read, problems);
  const [signingKey] = values.LKPS_LIVEKIT_KEYS;
  const identity = identityConfig(values);
  if (identity === undefined) {
    throw new ConfigError(['LKPS_IDENTITY: needs to know whose tokens to trust']);
  }
  const directory = directoryConfig(values);
  if (directory === undefined) {
    throw new ConfigError(['LKPS_DIRECTORY: needs to know which tenant it is of']);
  }
  const agentGateway = agentGatewayConfig(values);
  if (agentGateway === undefined) {
    throw new ConfigError(['LKPS_AGENT_GATEWAY: needs keys for agent tokens, and a URL']);
  }
  const config: Config = {
    host: values.LKPS_HOST,
    port: values.LKPS_PORT,
    region: values.LKPS_REGION,
    livekitUrl: values.LKPS_LIVEKIT_URL,
    livekitPublicUrl: values.LKPS_LIVEKIT_PUBLIC_URL,
    agentGateway,
    identity,
    proxyProof: values.LKPS_PROXY_PROOF,
    directory,
    agentRules: {
      clientAuthorization: values.LKPS_CLIENT_AUTHORIZATION,
      userAgents: values.LKPS_USER_AGENTS,
    },
    maxOpenSessions: values.LKPS_MAX_OPEN_SESSIONS,
    tokenTtlMs: values.LKPS_TOKEN_TTL_SECONDS,
    trustedHops: values.LKPS_TRUSTED_HOPS,
    corsOrigins: values.LKPS_CORS_ORIGINS ?? [],
    rateLimits: {
      perCaller: values.LKPS_RATE_LIMIT_CALLER,
      perClient: values.LKPS_RATE_LIMIT_CLIENT,
      refusalRows: values.LKPS_REFUSAL_ROWS,
    },
    maxInFlight: values.LKPS_MAX_IN_FLIGHT,
    databasePool: values.LKPS_DATABASE_POOL,
    databaseTransport: {
      service: transportTo(values.LKPS_DATABASE_URL),
      owner: transportTo(values.LKPS_DATABASE_ADMIN_URL),
    },
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
      agentTokenKeys: values.LKPS_AGENT_TOKEN_KEYS,
      proxySecrets: values.LKPS_PROXY_SECRETS ?? [],
      subjectKey: values.LKPS_SUBJECT_KEY,
      graphClientSecret: values.LKPS_GRAPH_CLIENT_SECRET,
    },
  };
}

/** How the connection string leads there; undefined where there is none, or none that can be used. */
export function transportTo(url: Secret | undefined): DatabaseTransport | undefined {
  return url === undefined ? undefined : databaseTarget(url.reveal())?.transport;
}

/** What `lkps migrate` needs: the owner's connection, and the service's, whose role it lets in. */
export function parseMigrateConfig(given: Environment): {
  readonly adminUrl: Secret;
  readonly serviceUrl: Secret;
} {
  const problems: string[] = [];
  const names = ['LKPS_DATABASE_URL', 'LKPS_DATABASE_ADMIN_URL'] as const;
  const { env, isUsable } = withSecretFiles(given, problems, names);
  const read = readSettings(env, names.filter(isUsable), problems);
  if (env['LKPS_DATABASE_ADMIN_URL'] === undefined) {
    problems.push('LKPS_DATABASE_ADMIN_URL: is required to migrate');
  }
  const values = orThrow(read, problems);
  if (values.LKPS_DATABASE_ADMIN_URL === undefined) {
    throw new ConfigError(['LKPS_DATABASE_ADMIN_URL: is required to migrate']);
  }
  return { adminUrl: values.LKPS_DATABASE_ADMIN_URL, serviceUrl: values.LKPS_DATABASE_URL };
}

/** These settings and no others, for what needs no more; `check` names what is wrong about them together. @throws ConfigError */
export function parseSettings<K extends Name>(
  given: Environment,
  names: readonly K[],
  check: (values: Partial<Values<K>>, env: Environment) => readonly string[] = () => [],
): Values<K> {
  const problems: string[] = [];
  const { env, isUsable } = withSecretFiles(given, problems, names);
  const read = readSettings(env, names.filter(isUsable), problems);
  problems.push(...check(read, env));
  return orThrow(read, problems);
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

function isName(name: string): name is Name {
  return name in SETTINGS;
}
