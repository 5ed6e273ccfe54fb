import type { HttpRequest } from '../http/index.ts';

const AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** The target of a request as it came, not decoded and not normalised. */
export function parseTarget(target: string | undefined): Pick<HttpRequest, 'path' | 'query'> {
  const origin = originForm(target);
  const end = origin.indexOf('?');
  return end === -1
    ? { path: origin, query: new URLSearchParams() }
    : { path: origin.slice(0, end), query: new URLSearchParams(origin.slice(end + 1)) };
}

/** Of the absolute form that proxies send (RFC 9112 section 3.2.2) what follows the authority. */
export function originForm(target = '/'): string {
  const rest = target.replace(AUTHORITY, '');
  return rest.startsWith('/') || rest === '*' ? rest : `/${rest}`;
}
