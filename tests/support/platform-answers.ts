import type { HttpRequest, HttpResponse } from '../../adapters/http/index.ts';
import {
  ada,
  AGENT,
  AGENT_NAME,
  agentApp,
  clientApp,
  strangerApp,
  UNKNOWN,
  withRegisteredAgent,
} from './platform-cast.ts';
import { platformAtTheEdge, signedByLiveKit, throughOcelot } from './platform-edge.ts';
import { failingAt, type PortFaults, type PortName } from './platform-faults.ts';
import type { Platform, PlatformOptions } from './platform-over-memory.ts';
import { httpRequest, registerRequest, startRequest } from './platform-requests.ts';

export interface RealAnswer {
  /** As openapi.yaml names it. */
  readonly operation: string;
  readonly response: HttpResponse;
}

interface Ask {
  readonly operation: string;
  readonly request: HttpRequest;
  readonly outage?: PortFaults;
  /** AGENT is cut off. */
  readonly revoked?: true;
  /** No worker of AGENT is online. */
  readonly offline?: true;
  /** The caller lacks the role that is asked for. */
  readonly roleless?: true;
  readonly corsOrigins?: readonly string[];
  readonly busy?: Pick<PlatformOptions, 'limits' | 'maxInFlight'>;
}

const PAGE = 'https://app.example.test';
/** Signing and verifying reach nothing; that they fail is a defect and not an answer. */
const FALLIBLE: readonly PortName[] = [
  'identity',
  'directory',
  'agents',
  'cutOffs',
  'sessions',
  'audit',
  'rooms',
  'workers',
];

const register = registerRequest(throughOcelot(agentApp));
const start = startRequest(throughOcelot(clientApp), AGENT);
const FULL = { maxInFlight: 0 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What the platform really answers: every status and code of every operation, to pages and to others. */
export async function realAnswers(): Promise<readonly RealAnswer[]> {
  const posts = [...registerAsks(), ...startAsks()];
  const asks = [
    ...posts,
    ...posts.map((ask) => ({ ...ask, corsOrigins: [PAGE] })),
    ...posts.map((ask) => ({ ...ask, corsOrigins: [PAGE], request: from(PAGE, ask.request) })),
    ...preflightAsks('preflightRegisterAgent', register),
    ...preflightAsks('preflightStartSession', start),
    { operation: 'checkHealth', request: from(PAGE, httpRequest({})), corsOrigins: [PAGE] },
    ...(await webhookAsks()),
  ];
  return [...(await Promise.all(asks.map(answerOf))), await failedHealth()];
}

/** The platform's answer to one request, AGENT being registered. */
export async function answerOf({
  operation,
  request,
  outage,
  corsOrigins = [],
  busy,
  revoked,
  offline,
  roleless,
}: Ask): Promise<RealAnswer> {
  let armed = false;
  const next: PortFaults['next'] = (...call) =>
    armed && outage !== undefined ? outage.next(...call) : 'none';
  const platform: Platform = await withRegisteredAgent(
    platformAtTheEdge({ corsOrigins, faults: { next }, roleless, ...busy }),
  );
  if (revoked === true) {
    await platform.cutOffs.revokeAgent(AGENT_NAME, { at: platform.clock.now() }, []);
  }
  if (offline === true) {
    platform.workers.takeOffline(AGENT_NAME);
  }
  armed = true;
  return { operation, response: await platform.handler(request) };
}

/** The request with this body, and nothing else different. */
export async function withBody(operation: string, body: unknown): Promise<HttpRequest> {
  const text = bytes(JSON.stringify(body));
  if (operation === 'receiveWebhook') {
    return signedByLiveKit(text, platformAtTheEdge().clock);
  }
  return json(operation === 'registerAgent' ? register : start, text);
}

function registerAsks(): readonly Ask[] {
  const operation = 'registerAgent';
  return [
    { operation, request: register },
    { operation, request: registerRequest(throughOcelot(ada)) },
    { operation, request: register, revoked: true },
    { operation, request: json(register, bytes('{"client_authorization":"open"}')) },
    ...refusalsOf(operation, register, '{"agent_name":"x"}'),
    ...outagesOf(operation, register),
    ...busyOf(operation, register),
    { operation, request: register, roleless: true },
  ];
}

function startAsks(): readonly Ask[] {
  const operation = 'startSession';
  return [
    { operation, request: start },
    { operation, request: startRequest(throughOcelot(strangerApp), AGENT) },
    { operation, request: startRequest(throughOcelot(clientApp), UNKNOWN) },
    { operation, request: start, offline: true },
    { operation, request: json(start, bytes(`{"agent_entra_app_id":"${AGENT}","room_name":"s-1"}`)) },
    ...refusalsOf(operation, start, '{"agent_entra_app_id":"agent-a","room":"s-1"}'),
    ...outagesOf(operation, start),
    ...busyOf(operation, start),
    { operation, request: start, roleless: true },
  ];
}

/** What either POST answers to a caller without identity and to bodies of the wrong form. */
function refusalsOf(operation: string, right: HttpRequest, unfit: string): readonly Ask[] {
  const requests = [
    { ...right, headers: new Map() },
    json(right, bytes('{')),
    json(right, bytes(unfit)),
    withHeader(json(right, bytes('{}')), 'content-type', 'text/plain'),
    { ...right, body: 'too_large' as const },
  ];
  return requests.map((request) => ({ operation, request }));
}

function outagesOf(operation: string, request: HttpRequest): readonly Ask[] {
  return FALLIBLE.map((port) => ({ operation, request, outage: failingAt(port, 'before') }));
}

/** What a caller over their limit hears, and everybody while the service is full. */
function busyOf(operation: string, request: HttpRequest): readonly Ask[] {
  const limits = { perClient: { requests: 0, windowMs: 10_000 } };
  return [{ limits }, FULL].map((busy) => ({ operation, request, busy }));
}

/** To pages that may call, to others, and where no page may. */
function preflightAsks(operation: string, { path }: HttpRequest): readonly Ask[] {
  const request = httpRequest({ method: 'OPTIONS', path });
  const corsOrigins = [PAGE];
  return [
    { operation, request: from(PAGE, request), corsOrigins },
    { operation, request: from('https://other.example.test', request), corsOrigins },
    { operation, request, corsOrigins },
    { operation, request: from(PAGE, request) },
  ];
}

async function webhookAsks(): Promise<readonly Ask[]> {
  const operation = 'receiveWebhook';
  const room = { name: `s-${'0'.repeat(32)}`, sid: 'RM_1' };
  const event = await withBody(operation, { id: 'EV_1', event: 'room_started', room });
  const requests = [
    event,
    await withBody(operation, 'nonsense'),
    { ...event, headers: new Map() },
    { ...event, body: 'too_large' as const },
    from(PAGE, event),
  ];
  return [
    ...requests.map((request) => ({ operation, request, corsOrigins: [PAGE] })),
    ...outagesOf(operation, event),
    { operation, request: event, busy: FULL },
  ];
}

async function failedHealth(): Promise<RealAnswer> {
  const platform = platformAtTheEdge();
  platform.healthy.livekit = false;
  return { operation: 'checkHealth', response: await platform.handler(httpRequest({})) };
}

function json(request: HttpRequest, body: Uint8Array): HttpRequest {
  return { ...withHeader(request, 'content-type', 'application/json'), body };
}

function from(origin: string, request: HttpRequest): HttpRequest {
  return withHeader(request, 'origin', origin);
}

function withHeader(request: HttpRequest, name: string, value: string): HttpRequest {
  return { ...request, headers: new Map([...request.headers, [name, [value]]]) };
}
