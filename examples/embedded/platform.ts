import {
  AuditJournal,
  AuthenticateCaller,
  CheckHealth,
  HandleWebhook,
  parseTokenTtlSeconds,
  RegisterAgent,
  StartSession,
  type Clock,
} from '@livekit-platform/service/core';
import { FileApplicationDirectory } from '@livekit-platform/service/directory-file';
import type { HttpLog, HttpService, Site } from '@livekit-platform/service/http';
import { OcelotIdentitySource } from '@livekit-platform/service/identity-ocelot';
import {
  LiveKitProbe,
  LiveKitRoomDispatcher,
  LiveKitTokenIssuer,
  LiveKitWebhookVerifier,
} from '@livekit-platform/service/livekit';
import { RandomIds } from '@livekit-platform/service/random-ids';
import { FlexibleRateLimiter } from '@livekit-platform/service/rate-limit';
import { required, secret, type Environment } from './environment.ts';
import { JsonlAuditStore } from './jsonl-audit-store.ts';
import { ProcessAgentStore } from './process-agent-store.ts';
import { ProcessSessionStore } from './process-session-store.ts';

const VERSION = '1.0.0';

export interface Platform {
  readonly service: HttpService;
  readonly close: () => Promise<void>;
}

/** The platform's use cases over this service's own ports. What is opened here is closed here. */
export async function openPlatform(env: Environment, log: HttpLog): Promise<Platform> {
  const region = required(env, 'REGION');
  const livekitUrl = required(env, 'LIVEKIT_PUBLIC_URL');
  const site: Site = {
    region,
    version: VERSION,
    livekitUrl,
    agentUrl: livekitUrl, // no agent gateway in front of it
    trustedHops: 0,
    corsOrigins: [],
    maxInFlight: 256,
  };
  const key = { id: required(env, 'LIVEKIT_KEY_ID'), secret: secret(env, 'LIVEKIT_KEY_SECRET') };
  const webhookKey = { id: required(env, 'WEBHOOK_KEY_ID'), secret: secret(env, 'WEBHOOK_KEY_SECRET') };
  const livekit = { url: required(env, 'LIVEKIT_URL'), key };
  const proof = { secrets: [secret(env, 'PROXY_SECRET')] };
  const directory = await FileApplicationDirectory.open(required(env, 'DIRECTORY_FILE'));

  const audit = await JsonlAuditStore.open(required(env, 'AUDIT_FILE'), secret(env, 'SUBJECT_KEY'));
  const clock: Clock = { now: () => new Date() };
  const ids = new RandomIds();
  const journal = new AuditJournal({ clock, ids, region });
  const ports = {
    clock,
    ids,
    journal,
    audit,
    agents: new ProcessAgentStore(audit),
    sessions: new ProcessSessionStore(audit),
    cutOffs: { isBlocked: () => Promise.resolve(false) },
    directory,
    identity: new OcelotIdentitySource({ proof, evidence: 'directory', directory }),
    tokens: new LiveKitTokenIssuer(key),
    rooms: new LiveKitRoomDispatcher(livekit),
    verifier: new LiveKitWebhookVerifier({ keys: [webhookKey], clock }),
    maxOpenSessions: 1000,
    rules: { clientAuthorization: 'always', userAgents: 'deny' } as const,
    tokenTtlMs: parseTokenTtlSeconds(3600),
    limits: {
      perCaller: new FlexibleRateLimiter({ requests: 50, windowMs: 10_000 }),
      perClient: new FlexibleRateLimiter({ requests: 500, windowMs: 10_000 }),
      refusalRows: new FlexibleRateLimiter({ requests: 60, windowMs: 60_000, maxKeys: 100 }),
    },
  };
  const probes = { livekit: new LiveKitProbe({ ...livekit, clock }), database: audit };

  await audit.append([journal.event('service.started', 'allowed', { details: { version: VERSION } })]);
  return {
    service: {
      authenticateCaller: new AuthenticateCaller(ports),
      registerAgent: new RegisterAgent(ports),
      startSession: new StartSession(ports),
      handleWebhook: new HandleWebhook(ports),
      checkHealth: new CheckHealth({ probes, clock }),
      clock,
      ids,
      site,
      log,
    },
    close: () => audit.close(),
  };
}
