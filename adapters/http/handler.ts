import { LkpsError, type RequestContext } from '../../core/index.ts';
import { Admission } from './admission.ts';
import { ClientShares } from './client-shares.ts';
import { isOpenToPages, preflight, readableByPages } from './cors.ts';
import type { HttpHandler, HttpRequest, HttpResponse } from './exchange.ts';
import { problemResponse } from './problem.ts';
import { requestContext } from './request-context.ts';
import { ROUTES, type Route } from './routes.ts';
import type { HttpLogEntry, HttpService, Site } from './service.ts';

/** The HTTP contract of the platform, the same behind every host. */
export function createHttpHandler(service: HttpService): HttpHandler {
  const { maxInFlight } = service.site;
  const admission = new Admission(maxInFlight, `${maxInFlight} requests are in flight`);
  const bounds = { admission, shares: new ClientShares(maxInFlight) };
  const handler: HttpHandler = async (request) => {
    const startedMs = service.clock.now().getTime();
    const context = requestContext(request, service.ids, service.site.trustedHops);
    const answered = await answer(service, bounds, request, context);
    service.log({
      requestId: context.requestId,
      status: answered.response.status,
      durationMs: service.clock.now().getTime() - startedMs,
      ...answered.entry,
    });
    const { status, headers, body } = answered.response;
    const named = { status, headers: { ...headers, 'x-request-id': context.requestId }, body };
    return request.method === 'HEAD' ? withoutBody(named) : named;
  };
  return Object.assign(handler, { isFull: () => admission.isFull });
}

/** The length stays that of the body GET would get (RFC 9110 section 8.6). */
function withoutBody({ status, headers, body }: HttpResponse): HttpResponse {
  return {
    status,
    headers: { ...headers, 'content-length': String(body.length) },
    body: new Uint8Array(),
  };
}

interface Bounds {
  readonly admission: Admission;
  readonly shares: ClientShares;
}

interface Answered {
  readonly response: HttpResponse;
  readonly entry: Pick<HttpLogEntry, 'operation' | 'code' | 'reason' | 'error'>;
}

async function answer(
  service: HttpService,
  bounds: Bounds,
  request: HttpRequest,
  context: RequestContext,
): Promise<Answered> {
  const { site } = service;
  const route = ROUTES.find(({ path }) => path === request.path);
  const operation = route?.operation ?? 'unmatched';
  const readable = (response: HttpResponse): HttpResponse =>
    route !== undefined && isOpenToPages(site, route) ? readableByPages(site, request, response) : response;
  try {
    const response = await respond(service, bounds, request, context, route);
    return { response: readable(response), entry: { operation } };
  } catch (error) {
    const problem = problemResponse(error, context.requestId, site.region);
    const response = route === undefined ? problem : withAllow(problem, methodsOf(site, route));
    return { response: readable(response), entry: { operation, ...reasonOf(error) } };
  }
}

async function respond(
  service: HttpService,
  { admission, shares }: Bounds,
  request: HttpRequest,
  context: RequestContext,
  route: Route | undefined,
): Promise<HttpResponse> {
  if (route === undefined) {
    throw new LkpsError('not_found', 'no route at this path');
  }
  if (!methodsOf(service.site, route).includes(request.method)) {
    throw new LkpsError('method_not_allowed', 'the path does not know this method');
  }
  if (request.method === 'OPTIONS') {
    return preflight(service.site, request);
  }
  const work = (): Promise<HttpResponse> => route.answer(service, request, context, shares);
  return isShared(route) ? work() : admission.admit(work);
}

/** Health costs the same for a thousand callers as for one, and must be heard of a service that is full. */
function isShared({ operation }: Route): boolean {
  return operation === 'checkHealth';
}

/** HEAD is answered wherever GET is (RFC 9110 section 9.3.2), OPTIONS wherever pages may call. */
function methodsOf(site: Site, route: Route): readonly string[] {
  if (route.method === 'GET') {
    return ['GET', 'HEAD'];
  }
  return isOpenToPages(site, route) ? ['POST', 'OPTIONS'] : ['POST'];
}

function withAllow(response: HttpResponse, methods: readonly string[]): HttpResponse {
  return response.status === 405
    ? { ...response, headers: { ...response.headers, allow: methods.join(', ') } }
    : response;
}

function reasonOf(error: unknown): Pick<HttpLogEntry, 'code' | 'reason' | 'error'> {
  return error instanceof LkpsError
    ? { code: error.code, reason: error.message, error: error.cause }
    : { code: 'internal_error', error };
}
