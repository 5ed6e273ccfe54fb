/*
 * The seam between hosts and the service. A host only translates: it reads these from its own request and writes these
 * to its own response, and decides nothing.
 */

export interface HttpRequest {
  readonly method: string;
  /** As it came on the wire, without the query; never decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: HttpHeaders;
  /** The exact bytes received; webhook signatures cover these. */
  readonly body: RequestBody;
  /** The address of whoever opened the connection: a proxy, as a rule. */
  readonly peerAddress: string | undefined;
  /** What an authorizer in front of the host verified; the caller cannot write it. Absent where there is none. */
  readonly authorizer?: AuthorizerClaims;
}

/** What of a request can show who is calling; an IdentitySource reads one of the two. */
export type HttpCredential = Pick<HttpRequest, 'headers' | 'authorizer'>;

/** The claims of a verified token, by name. Gateways turn numbers and lists into text, so no type is promised. */
export type AuthorizerClaims = Readonly<Record<string, unknown>>;

/**
 * Lower-case name -> every value in wire order. Never joined: a duplicate is evidence. Values are latin1, one character
 * a byte, as HTTP/1.1 carries them.
 */
export type HttpHeaders = ReadonlyMap<string, readonly string[]>;

/** `too_large`: the host stopped reading at the limit. `not_read`: it did not begin, the handler being full. */
export type RequestBody = Uint8Array | 'too_large' | 'not_read';

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for no body. */
  readonly body: Uint8Array;
}

/** Never rejects and never hangs: whatever comes in, an answer goes out. */
export interface HttpHandler {
  (request: HttpRequest): Promise<HttpResponse>;
  /** Whether it would refuse one more request that means work. A host that asks spares itself the reading of a body. */
  readonly isFull?: () => boolean;
}

/** No request of the contract needs more than a few hundred bytes; LiveKit's webhooks need a few kilobytes. */
export const MAX_BODY_BYTES = 65_536;

/** For hosts: what they received, in order, under the names in lower case. Nothing is joined and nothing is split. */
export function groupHeaders(
  received: Iterable<readonly [name: string, values: readonly string[]]>,
): HttpHeaders {
  const headers = new Map<string, string[]>();
  for (const [spelling, values] of received) {
    const name = spelling.toLowerCase();
    const known = headers.get(name) ?? [];
    known.push(...values);
    headers.set(name, known);
  }
  return headers;
}

/** The values of a header; empty when it is absent. */
export function headerValues(request: HttpRequest, name: string): readonly string[] {
  return request.headers.get(name) ?? [];
}

/** The value of a header that came exactly once. */
export function soleHeader(request: HttpRequest, name: string): string | undefined {
  const values = headerValues(request, name);
  return values.length === 1 ? values[0] : undefined;
}
