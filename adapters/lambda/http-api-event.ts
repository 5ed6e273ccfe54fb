import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { groupHeaders, type AuthorizerClaims, type HttpHeaders, type HttpRequest } from '../http/index.ts';
import { readBody } from './event-body.ts';
import { claimsOf, isRecord } from './event-fields.ts';
import { toLatin1 } from './header-value.ts';

/** An HTTP API's or a function URL's event, payload format 2.0. */
export function isHttpApiEvent(event: unknown): event is APIGatewayProxyEventV2 {
  return (
    isRecord(event) &&
    event['version'] === '2.0' &&
    typeof event['rawPath'] === 'string' &&
    isRecord(event['requestContext']) &&
    isRecord(event['requestContext']['http'])
  );
}

export function readHttpApiEvent(event: APIGatewayProxyEventV2): HttpRequest {
  const { http, stage } = event.requestContext;
  const authorizer = authorizerOf(event.requestContext);
  return {
    method: http.method,
    path: withoutStage(event.rawPath, stage),
    query: new URLSearchParams(event.rawQueryString),
    headers: headersOf(event),
    body: readBody(event.body, event.isBase64Encoded),
    peerAddress: http.sourceIp,
    ...(authorizer === undefined ? {} : { authorizer }),
  };
}

/**
 * HTTP APIs join what came twice with commas before anyone can see it. Nothing is split here: a comma stays where it
 * is, and whoever reads an identity or a signature refuses it.
 */
function headersOf({ headers, cookies }: APIGatewayProxyEventV2): HttpHeaders {
  const received = Object.entries(headers).map(
    ([name, value]) => [name, value === undefined ? [] : [toLatin1(value)]] as const,
  );
  const cookie = cookies === undefined ? [] : [['cookie', [cookies.map(toLatin1).join('; ')]] as const];
  return groupHeaders([...received, ...cookie]);
}

/** A named stage stands in front of the path; `$default` does not. */
function withoutStage(path: string, stage: string): string {
  return stage !== '$default' && path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) : path;
}

/** A JWT authorizer hands on the token's claims, a Lambda authorizer whatever context it made of them. */
function authorizerOf(context: object): AuthorizerClaims | undefined {
  const { authorizer } = context as { readonly authorizer?: unknown }; // the types know it per kind of authorizer
  if (!isRecord(authorizer)) {
    return undefined;
  }
  return isRecord(authorizer['jwt']) ? claimsOf(authorizer['jwt']['claims']) : claimsOf(authorizer['lambda']);
}
