import * as z from 'zod';
import { parseTokenTtlSeconds } from '../core/index.ts';
import { DIRECTORY_SETTINGS } from './directory-settings.ts';
import { EDGE_SETTINGS } from './edge-settings.ts';
import { areDistinct } from './are-distinct.ts';
import { ENTRA_SETTINGS } from './entra-settings.ts';
import { GATEWAY_SETTINGS } from './gateway-settings.ts';
import { Secret } from './secret.ts';
import { keyList, secretList, secretText } from './secret-values.ts';
import { bareUrl, databaseUrl } from './url-values.ts';
import { wholeNumber } from './whole-number.ts';

/** One environment variable: how it is read, and what the README says of it (a test holds the two equal). */
export interface Setting {
  readonly schema: z.ZodType<unknown, string>;
  readonly description: string;
  /** Absent: the variable is required, or optional where the schema says so. */
  readonly default?: string;
  readonly optional?: true;
  /** What it holds is never shown, and may come from the file that `<name>_FILE` names. */
  readonly secret?: true;
}

/** As browsers send it in `Origin`: scheme, host and port, nothing else. */
const originList = z
  .string()
  .transform((value) => value.split(','))
  .refine(
    (origins) => origins.every(isOrigin),
    'must be a list of origins such as https://app.example.com: no path, default port, wildcard or space',
  )
  .refine(areDistinct, 'names one origin twice');

function isOrigin(value: string): boolean {
  const parsed = URL.parse(value);
  return (
    parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.origin === value && !value.includes('*')
  );
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

export const SETTINGS = {
  LKPS_HOST: {
    schema: z.string().min(1, 'must not be empty'),
    default: '0.0.0.0',
    description: 'Address to listen on.',
  },
  LKPS_PORT: { schema: wholeNumber(1, 65_535), default: '8080', description: 'Port of the four endpoints.' },
  LKPS_REGION: {
    schema: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be a lower-case name such as eu'),
    description: 'Region this deployment serves; named in every answer and audit row.',
  },
  LKPS_LIVEKIT_URL: {
    schema: bareUrl('http', 'https'),
    description: 'Where LKPS calls LiveKit (`http://`, `https://`).',
  },
  LKPS_LIVEKIT_PUBLIC_URL: {
    schema: bareUrl('ws', 'wss'),
    description: 'Where clients, and agents with a job, reach LiveKit (`ws://`, `wss://`).',
  },
  LKPS_LIVEKIT_KEYS: {
    schema: keyList,
    description: 'LiveKit API keys, `id:secret,..`; the first one signs. Secret.',
    secret: true,
  },
  LKPS_WEBHOOK_KEYS: {
    schema: keyList,
    description: 'Keys that LiveKit signs webhooks with, `id:secret,..`; all are accepted. Secret.',
    secret: true,
  },
  ...GATEWAY_SETTINGS,
  LKPS_IDENTITY: {
    schema: z.enum(['ocelot', 'entra', 'authorizer'], 'must be ocelot, entra or authorizer'),
    default: 'ocelot',
    description:
      "Where a caller's identity comes from: Ocelot's headers, the Entra token, or an authorizer of API Gateway (Lambda only).",
  },
  LKPS_PROXY_PROOF: {
    schema: z.enum(['secret', 'network'], 'must be secret or network'),
    default: 'secret',
    description:
      'How a request proves that it came through Ocelot; `network`: nothing is checked, the network alone guarantees it.',
  },
  LKPS_PROXY_SECRETS: {
    schema: secretList,
    optional: true,
    description:
      'Secrets Ocelot sends in `x-lkps-proxy-proof`; two during a rotation. Required with `secret`. Secret.',
    secret: true,
  },
  ...ENTRA_SETTINGS,
  ...DIRECTORY_SETTINGS,
  LKPS_APPLICATION_EVIDENCE: {
    schema: z.enum(['directory', 'headers', 'token'], 'must be directory, headers or token'),
    default: 'directory',
    description:
      'What shows that a caller is an application; `token`: the one Ocelot forwards; `headers`: the mere absence of user headers.',
  },
  LKPS_CLIENT_AUTHORIZATION: {
    schema: z.enum(['always', 'agent-declared'], 'must be always or agent-declared'),
    default: 'always',
    description:
      'Whether every agent is reached by its pre-authorised clients only; `agent-declared`: one that registers as open by all.',
  },
  LKPS_USER_AGENTS: {
    schema: z.enum(['allow', 'deny'], 'must be allow or deny'),
    default: 'deny',
    description: 'Whether users may have personal agents, reached by nobody else; for non-production.',
  },
  LKPS_TOKEN_TTL_SECONDS: {
    schema: wholeNumber(1, 3600).transform(parseTokenTtlSeconds),
    default: '3600',
    description: 'Life of every token, at most an hour.',
  },
  LKPS_TRUSTED_HOPS: {
    schema: wholeNumber(0, 16),
    default: '0',
    description: 'Proxies in front that append to `X-Forwarded-For`; 0: the source address is the peer.',
  },
  LKPS_CORS_ORIGINS: {
    schema: originList,
    optional: true,
    description: 'Origins whose pages may call, `https://app.example.com,..`; without it no page may.',
  },
  ...EDGE_SETTINGS,
  LKPS_DATABASE_URL: {
    schema: databaseUrl,
    description: 'PostgreSQL as the service role. Secret.',
    secret: true,
  },
  LKPS_DATABASE_ADMIN_URL: {
    schema: databaseUrl,
    optional: true,
    description: 'PostgreSQL as the owner of the schema; only `lkps migrate` needs it. Secret.',
    secret: true,
  },
  LKPS_DATABASE_POOL: {
    schema: wholeNumber(1, 100),
    default: '10',
    description: 'Connections to PostgreSQL, at most.',
  },
  LKPS_MIGRATE_AT_START: {
    schema: z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true'),
    default: 'false',
    description: 'Run `lkps migrate` before serving.',
  },
  LKPS_SUBJECT_KEY: {
    schema: secretText.transform((value) => new Secret(value)),
    description:
      'Keys the hash by which audit rows refer to a user; at least 32 characters, never changed. Secret.',
    secret: true,
  },
  LKPS_LOG_LEVEL: {
    schema: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`),
    default: 'info',
    description: 'Least level that is logged.',
  },
} as const satisfies Record<string, Setting>;
