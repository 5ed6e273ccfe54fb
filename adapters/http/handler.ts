import { LkpsError, type RequestContext } from '../../core/index.ts';
import type { HttpHandler, HttpRequest, HttpResponse } from './exchange.ts';
import { problemResponse } from './problem.ts';
import { requestContext } from './request-context.ts';
import { ROUTES, type Route } from './routes.ts';
import type { HttpLogEntry, HttpService } from './service.ts';

/** The HTTP contract of the platform, the same behind every host. */
export function createHttpHandler(service: HttpService): HttpHandler {
  return async (request) => {
    const startedMs = service.clock.now().getTime();
    const context = requestContext(request, service.ids, service.site.trustedHops);
    const answered = await answer(service, request, context);
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
}

/** The length stays that of the body GET would get (RFC 9110 section 8.6). */
function withoutBody({ status, headers, body }: HttpResponse): HttpResponse {
  return {
    status,
    headers: { ...headers, 'content-length': String(body.length) },
    body: new Uint8Array(),
  };
}

interface Answered {
  readonly response: HttpResponse;
  readonly entry: Pick<HttpLogEntry, 'operation' | 'code' | 'reason' | 'error'>;
}

async function answer(
  service: HttpService,
  request: HttpRequest,
  context: RequestContext,
): Promise<Answered> {
  const atPath = ROUTES.filter((route) => route.path === request.path);
  const route = atPath.find((candidate) => methodsOf(candidate).includes(request.method));
  const operation = (route ?? atPath[0])?.operation ?? 'unmatched';
  try {
    if (route === undefined) {
      throw misdirected(atPath);
    }
    return { response: await route.answer(service, request, context), entry: { operation } };
  } catch (error) {
    const response = problemResponse(error, context.requestId, service.site.region);
    return { response: withAllow(response, atPath), entry: { operation, ...reasonOf(error) } };
  }
}

/** HEAD is answered wherever GET is (RFC 9110 section 9.3.2). */
function methodsOf(route: Route): readonly string[] {
  return route.method === 'GET' ? ['GET', 'HEAD'] : [route.method];
}

function misdirected(atPath: readonly Route[]): LkpsError {
  return atPath.length === 0
    ? new LkpsError('not_found', 'no route at this path')
    : new LkpsError('method_not_allowed', 'the path does not know this method');
}

function withAllow(response: HttpResponse, atPath: readonly Route[]): HttpResponse {
  return response.status === 405
    ? { ...response, headers: { ...response.headers, allow: atPath.flatMap(methodsOf).join(', ') } }
    : response;
}

function reasonOf(error: unknown): Pick<HttpLogEntry, 'code' | 'reason' | 'error'> {
  return error instanceof LkpsError
    ? { code: error.code, reason: error.message, error: error.cause }
    : { code: 'internal_error', error };
}
