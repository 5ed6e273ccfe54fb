import type { Environment } from '../../composition/setting-values.ts';

/** Distinct, so that finding one in a message proves a leak. */
export const PLANTED = {
  livekitSecret: 'canary-livekit-secret-0123456789abcdef',
  webhookSecret: 'canary-webhook-secret-0123456789abcdef',
  agentTokenSecret: 'canary-agent-token-secret-0123456789ab',
  proxySecret: 'canary-proxy-secret-0123456789abcdef00',
  databasePassword: 'canary-database-password',
  adminPassword: 'canary-admin-password',
  subjectKey: 'canary-subject-key-0123456789abcdef0000',
} as const;

/** The least that `lkps serve` needs. */
export const COMPLETE: Environment = {
  LKPS_REGION: 'eu',
  LKPS_LIVEKIT_URL: 'http://livekit.internal:7880',
  LKPS_LIVEKIT_PUBLIC_URL: 'wss://livekit.example.test',
  LKPS_LIVEKIT_KEYS: `APIsign:${PLANTED.livekitSecret}`,
  LKPS_WEBHOOK_KEYS: `APIhook:${PLANTED.webhookSecret}`,
  LKPS_AGENT_TOKEN_KEYS: `AGENTsign:${PLANTED.agentTokenSecret}`,
  LKPS_GATEWAY_PUBLIC_URL: 'wss://agents.example.test',
  LKPS_PROXY_SECRETS: PLANTED.proxySecret,
  LKPS_DIRECTORY: 'file:/etc/lkps/directory.json',
  LKPS_DATABASE_URL: `postgres://lkps:${PLANTED.databasePassword}@db.internal/lkps`,
  LKPS_SUBJECT_KEY: PLANTED.subjectKey,
};
