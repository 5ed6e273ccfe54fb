import { soleHeader, type HttpRequest, type HttpResponse } from './exchange.ts';
import { emptyResponse } from './respond.ts';
import type { Route } from './routes.ts';
import type { Site } from './service.ts';

type Headers = Readonly<Record<string, string>>;

const ALLOWED: Headers = {
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'authorization, content-type, idempotency-key, x-request-id',
  'access-control-max-age': '600',
};
const EXPOSED: Headers = { 'access-control-expose-headers': 'x-request-id, retry-after' };

/**
 * What pages may call: the two POSTs under /api, from the origins the site names (the Fetch standard's CORS protocol).
 * Credentials are never allowed: a token comes in a header the page sets, not in a cookie the browser adds.
 */
export function isOpenToPages({ corsOrigins }: Site, route: Route): boolean {
  return corsOrigins.length > 0 && route.method === 'POST' && route.path.startsWith('/api/');
}

/** Answers OPTIONS; no identity, since a preflight cannot carry one. */
export function preflight(site: Site, request: HttpRequest): HttpResponse {
  const origin = allowedOrigin(site, request);
  return emptyResponse(204, origin === undefined ? {} : ALLOWED);
}

/** `response` as a page may read it. It differs by origin, so caches must tell origins apart. */
export function readableByPages(site: Site, request: HttpRequest, response: HttpResponse): HttpResponse {
  const origin = allowedOrigin(site, request);
  const named = origin === undefined ? {} : { 'access-control-allow-origin': origin };
  const exposed = origin === undefined || request.method === 'OPTIONS' ? {} : EXPOSED;
  return { ...response, headers: { ...response.headers, ...named, ...exposed, vary: 'origin' } };
}

function allowedOrigin({ corsOrigins }: Site, request: HttpRequest): string | undefined {
  const origin = soleHeader(request, 'origin');
  return origin !== undefined && corsOrigins.includes(origin) ? origin : undefined;
}
