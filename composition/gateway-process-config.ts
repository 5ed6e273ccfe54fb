import type { DatabaseTransport } from '../adapters/persistence-knex/index.ts';
import { ConfigError, parseSettings, transportTo, type RateLimits } from './config.ts';
import { sharedKeys } from './contradictions.ts';
import { listenerConfig, type GatewayListenerConfig } from './gateway-config.ts';
import { plaintextRisks, refusalRowRisks, transportRisks, unknownSettings } from './risks.ts';
import { secretVariables } from './secret-files.ts';
import type { Secret } from './secret.ts';
import type { KeyList, NamedSecret } from './secret-values.ts';
import type { Environment, Value } from './setting-values.ts';

/** What `lkps gateway` may show of its deployment. */
export interface GatewayProcessConfig {
  readonly region: string;
  readonly livekitUrl: string;
  readonly livekitPublicUrl: string;
  readonly listener: GatewayListenerConfig;
  readonly tokenTtlMs: Value<'LKPS_TOKEN_TTL_SECONDS'>;
  readonly rateLimits: Pick<RateLimits, 'refusalRows'>;
  readonly databasePool: number;
  readonly databaseTransport: DatabaseTransport | undefined;
  readonly logLevel: Value<'LKPS_LOG_LEVEL'>;
}

export interface GatewayProcessSecrets {
  readonly databaseUrl: Secret;
  readonly signingKey: NamedSecret;
  readonly agentTokenKeys: KeyList;
  readonly subjectKey: Secret;
}

/** All that the gateway reads, and no more: no proxy, no directory and no webhook is any business of its. */
export const GATEWAY_PROCESS_SETTINGS = [
  'LKPS_HOST',
  'LKPS_REGION',
  'LKPS_LIVEKIT_URL',
  'LKPS_LIVEKIT_PUBLIC_URL',
  'LKPS_LIVEKIT_KEYS',
  'LKPS_AGENT_TOKEN_KEYS',
  'LKPS_GATEWAY_PORT',
  'LKPS_GATEWAY_TRUSTED_HOPS',
  'LKPS_MAX_AGENT_WORKERS',
  'LKPS_TOKEN_TTL_SECONDS',
  'LKPS_REFUSAL_ROWS',
  'LKPS_DATABASE_URL',
  'LKPS_DATABASE_POOL',
  'LKPS_SUBJECT_KEY',
  'LKPS_LOG_LEVEL',
] as const;

const NO_KEYS = 'LKPS_AGENT_TOKEN_KEYS: is required by the gateway';

/** @throws ConfigError naming every variable that is missing or wrong. */
export function parseGatewayProcessConfig(given: Environment): {
  readonly config: GatewayProcessConfig;
  readonly secrets: GatewayProcessSecrets;
} {
  const values = parseSettings(given, GATEWAY_PROCESS_SETTINGS, (read, env) => [
    ...(env['LKPS_AGENT_TOKEN_KEYS'] === undefined ? [NO_KEYS] : []),
    ...sharedKeys(read),
  ]);
  if (values.LKPS_AGENT_TOKEN_KEYS === undefined) {
    throw new ConfigError([NO_KEYS]);
  }
  const [signingKey] = values.LKPS_LIVEKIT_KEYS;
  return {
    config: {
      region: values.LKPS_REGION,
      livekitUrl: values.LKPS_LIVEKIT_URL,
      livekitPublicUrl: values.LKPS_LIVEKIT_PUBLIC_URL,
      listener: listenerConfig(values),
      tokenTtlMs: values.LKPS_TOKEN_TTL_SECONDS,
      rateLimits: { refusalRows: values.LKPS_REFUSAL_ROWS },
      databasePool: values.LKPS_DATABASE_POOL,
      databaseTransport: transportTo(values.LKPS_DATABASE_URL),
      logLevel: values.LKPS_LOG_LEVEL,
    },
    secrets: {
      databaseUrl: values.LKPS_DATABASE_URL,
      signingKey,
      agentTokenKeys: values.LKPS_AGENT_TOKEN_KEYS,
      subjectKey: values.LKPS_SUBJECT_KEY,
    },
  };
}

/** What its operator should hear at every start. Its environment may be the service's, but for what only that needs. */
export function gatewayProcessRisks(config: GatewayProcessConfig, env: Environment): readonly string[] {
  const { livekitUrl, livekitPublicUrl } = config;
  const read: readonly string[] = GATEWAY_PROCESS_SETTINGS.flatMap((name) => [name, `${name}_FILE`]);
  return [
    ...(env['LKPS_AGENT_GATEWAY'] === 'off'
      ? ['LKPS_AGENT_GATEWAY=off: a service with this setting sends no agent here']
      : []),
    ...refusalRowRisks(config.rateLimits.refusalRows),
    ...transportRisks('LKPS_DATABASE_URL', config.databaseTransport),
    ...plaintextRisks({ LKPS_LIVEKIT_URL: livekitUrl, LKPS_LIVEKIT_PUBLIC_URL: livekitPublicUrl }),
    ...secretVariables(env)
      .filter((name) => !read.includes(name))
      .map((name) => `${name}: is a secret that the gateway has no use for`),
    ...unknownSettings(env),
  ];
}
