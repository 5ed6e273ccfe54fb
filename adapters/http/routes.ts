import { LkpsError, participantIdentityOf, type Principal, type RequestContext } from '../../core/index.ts';
import type { ClientShares } from './client-shares.ts';
import { soleHeader, type HttpRequest, type HttpResponse } from './exchange.ts';
import { RETRY_LATER } from './problem.ts';
import { readBytes, readJson, readOptionalJson } from './read-json.ts';
import { emptyResponse, jsonResponse } from './respond.ts';
import { registerAgentBody } from './register-agent-body.ts';
import type { HttpService } from './service.ts';
import { startSessionBody } from './start-session-body.ts';

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly operation: 'registerAgent' | 'startSession' | 'checkHealth' | 'receiveWebhook';
  readonly answer: (
    service: HttpService,
    request: HttpRequest,
    context: RequestContext,
    shares: ClientShares,
  ) => Promise<HttpResponse>;
}

/** The whole public surface; `openapi.yaml` says the same, and a test holds the two equal. */
export const ROUTES: readonly Route[] = [
  { method: 'POST', path: '/api/agent/register', operation: 'registerAgent', answer: registerAgent },
  { method: 'POST', path: '/api/session/start', operation: 'startSession', answer: startSession },
  { method: 'GET', path: '/api/health', operation: 'checkHealth', answer: checkHealth },
  { method: 'POST', path: '/livekit/webhook', operation: 'receiveWebhook', answer: receiveWebhook },
];

async function registerAgent(
  service: HttpService,
  request: HttpRequest,
  context: RequestContext,
  shares: ClientShares,
): Promise<HttpResponse> {
  const caller = await service.authenticateCaller.execute({
    credential: request,
    refusal: 'agent.registration_denied',
    context,
  });
  return shares.admit(caller.clientId, async () => {
    const { client_authorization: clientAuthorization = 'required' } = readOptionalJson(
      request,
      registerAgentBody,
    );
    const registered = await service.registerAgent.execute({ caller, clientAuthorization, context });
    return jsonResponse(200, {
      token: registered.token,
      livekit_url: service.site.agentUrl,
      agent_name: registered.agentName,
      expires_at: rfc3339(registered.expiresAt),
      region: service.site.region,
    });
  });
}

async function startSession(
  service: HttpService,
  request: HttpRequest,
  context: RequestContext,
  shares: ClientShares,
): Promise<HttpResponse> {
  const caller = await service.authenticateCaller.execute({
    credential: request,
    refusal: 'session.denied',
    context,
  });
  return shares.admit(caller.clientId, async () => {
    const { participantIdentity, ...asked } = readJson(request, startSessionBody);
    requireOwnIdentity(caller, participantIdentity);
    const started = await service.startSession.execute({ caller, ...asked, context });
    return jsonResponse(201, {
      session_id: started.sessionId,
      room_name: started.room,
      participant_identity: started.identity,
      participant_token: started.token,
      livekit_url: service.site.livekitUrl,
      server_url: service.site.livekitUrl,
      expires_at: rfc3339(started.expiresAt),
      region: service.site.region,
    });
  });
}

/** LiveKit's clients may name the identity they join with; nobody joins as somebody else. */
function requireOwnIdentity(caller: Principal, claimed: string | undefined): void {
  if (claimed !== undefined && claimed !== participantIdentityOf(caller)) {
    const issues = [{ path: 'participant_identity', message: 'is not the identity of the caller' }];
    throw new LkpsError('forbidden_field', 'the body names another identity', { issues });
  }
}

async function checkHealth(service: HttpService): Promise<HttpResponse> {
  const { status, checks } = await service.checkHealth.execute();
  const { version, region } = service.site;
  const body = {
    status,
    version,
    region,
    checks: {
      livekit: { status: checks.livekit.status, latency_ms: checks.livekit.latencyMs },
      database: { status: checks.database.status, latency_ms: checks.database.latencyMs },
    },
  };
  return status === 'pass' ? jsonResponse(200, body) : jsonResponse(503, body, RETRY_LATER);
}

async function receiveWebhook(
  service: HttpService,
  request: HttpRequest,
  context: RequestContext,
): Promise<HttpResponse> {
  const signature = soleHeader(request, 'authorization');
  await service.handleWebhook.execute({ webhook: { body: readBytes(request.body), signature }, context });
  return emptyResponse(200);
}

/** Tokens live whole seconds, and so do the instants that speak of them. */
function rfc3339(at: Date): string {
  return at.toISOString().replace('.000Z', 'Z');
}
