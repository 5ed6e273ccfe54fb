import type { GatewayLog, GatewayService } from '../adapters/agent-gateway/index.ts';
import { LiveKitAgentTokenVerifier, upstreamWorkerToken } from '../adapters/livekit/index.ts';
import {
  AcceptJob,
  AdmitWorker,
  JudgeOffer,
  RecordWorkerAct,
  type AgentStore,
  type AuditJournal,
  type AuditStore,
  type Clock,
  type Ids,
  type SessionStore,
  type TokenIssuer,
  type WorkerRegistry,
} from '../core/index.ts';
import { agentHandshakeLimiter, refusalRowLimiter } from './edge-limits.ts';
import type { GatewayListenerConfig } from './gateway-config.ts';
import type { GatewayProcessConfig, GatewayProcessSecrets } from './gateway-process-config.ts';
import { toKey } from './to-key.ts';

export interface GatewayPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly journal: AuditJournal;
  readonly audit: AuditStore;
  readonly agents: AgentStore;
  readonly sessions: SessionStore;
  readonly workers: WorkerRegistry;
  /** Signs with LiveKit's key. */
  readonly tokens: TokenIssuer;
}

type Site = 'region' | 'livekitUrl' | 'livekitPublicUrl' | 'tokenTtlMs' | 'rateLimits';

/** What a gateway is made from, in the service or alone. */
export interface GatewayParts {
  readonly config: Pick<GatewayProcessConfig, Site>;
  readonly listener: GatewayListenerConfig;
  readonly secrets: Pick<GatewayProcessSecrets, 'signingKey' | 'agentTokenKeys'>;
  readonly log: GatewayLog;
}

export function gatewayService(
  stores: GatewayPorts,
  { config, listener, secrets, log }: GatewayParts,
): GatewayService {
  const { clock, ids, workers } = stores;
  const ports = {
    ...stores,
    limits: {
      refusalRows: refusalRowLimiter(config.rateLimits.refusalRows),
      agentHandshakes: agentHandshakeLimiter(listener.maxAgentWorkers),
    },
    tokenTtlMs: config.tokenTtlMs,
  };
  const key = toKey(secrets.signingKey);
  const verifier = new LiveKitAgentTokenVerifier({ keys: secrets.agentTokenKeys.map(toKey), clock });
  return {
    admitWorker: new AdmitWorker({ ...ports, verifier }),
    judgeOffer: new JudgeOffer(ports),
    acceptJob: new AcceptJob(ports),
    recordWorkerAct: new RecordWorkerAct(ports),
    workers,
    clock,
    ids,
    site: {
      region: config.region,
      gatewayId: ids.gatewayId(),
      livekitUrl: config.livekitUrl,
      livekitPublicUrl: config.livekitPublicUrl,
      upstreamToken: () => upstreamWorkerToken(key, clock),
      maxAgentWorkers: listener.maxAgentWorkers,
      trustedHops: listener.trustedHops,
    },
    log,
  };
}
