import { isRequestId, parseRequestId, type Ids, type RequestContext } from '../../core/index.ts';
import { headerValues, soleHeader, type HttpRequest } from './exchange.ts';

const MAX_USER_AGENT = 256;
/** An e-mail address (plain or percent-encoded, however often), a JWT, an object id. */
const NOT_FOR_THE_RECORD = /@|%(?:25)*40|eyJ|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}/;
const ADDRESS = /^[0-9A-Fa-f:.]{2,45}$/;

/** What accompanies a request everywhere. An id the caller chose is kept only if it is one that can be logged as it is. */
export function requestContext(request: HttpRequest, ids: Ids, trustedHops: number): RequestContext {
  const offered = soleHeader(request, 'x-request-id');
  const sourceIp = sourceAddress(request, trustedHops);
  const userAgent = soleHeader(request, 'user-agent');
  return {
    requestId: offered !== undefined && isRequestId(offered) ? parseRequestId(offered) : ids.requestId(),
    ...(sourceIp === undefined ? {} : { sourceIp }),
    ...(userAgent === undefined ? {} : { userAgent: recordable(userAgent) }),
  };
}

/** What cannot be taken back once it is on record names nobody and opens nothing. */
function recordable(userAgent: string): string {
  const words = userAgent.split(' ').map((word) => (NOT_FOR_THE_RECORD.test(word) ? '[redacted]' : word));
  return words.join(' ').slice(0, MAX_USER_AGENT);
}

/**
 * The peer's address, or with `trustedHops` proxies in front the n-th from the right of `X-Forwarded-For`: what stands
 * further left was written by the caller.
 */
export function sourceAddress(request: HttpRequest, trustedHops: number): string | undefined {
  const peer = plainAddress(request.peerAddress);
  if (trustedHops === 0) {
    return peer;
  }
  const hops = headerValues(request, 'x-forwarded-for').flatMap((value) => value.split(','));
  return plainAddress(hops.at(-trustedHops)?.trim()) ?? peer;
}

function plainAddress(raw: string | undefined): string | undefined {
  const address = raw?.replace(/^::ffff:(?=\d+\.)/i, '');
  return address !== undefined && ADDRESS.test(address) ? address : undefined;
}
