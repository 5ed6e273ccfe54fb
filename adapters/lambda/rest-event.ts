import type { APIGatewayProxyEvent } from 'aws-lambda';
import { groupHeaders, type AuthorizerClaims, type HttpHeaders, type HttpRequest } from '../http/index.ts';
import { readBody } from './event-body.ts';
import { claimsOf, isRecord } from './event-fields.ts';
import { toLatin1 } from './header-value.ts';

/** A REST API's proxy integration, payload format 1.0. */
export function isRestEvent(event: unknown): event is APIGatewayProxyEvent {
  return (
    isRecord(event) &&
    typeof event['httpMethod'] === 'string' &&
    typeof event['path'] === 'string' &&
    isRecord(event['requestContext']) &&
    isRecord(event['requestContext']['identity'])
  );
}

export function readRestEvent(event: APIGatewayProxyEvent): HttpRequest {
  const authorizer = authorizerOf(event.requestContext.authorizer);
  return {
    method: event.httpMethod,
    path: event.path,
    query: queryOf(event),
    headers: headersOf(event),
    body: readBody(event.body, event.isBase64Encoded),
    peerAddress: event.requestContext.identity.sourceIp,
    ...(authorizer === undefined ? {} : { authorizer }),
  };
}

/**
 * From `multiValueHeaders`: `headers` has only the last value of each. REST APIs tell names apart by case, so one header
 * may come under several keys.
 */
function headersOf({ multiValueHeaders }: Nullable<APIGatewayProxyEvent, 'multiValueHeaders'>): HttpHeaders {
  const entries = Object.entries(multiValueHeaders ?? {});
  return groupHeaders(entries.map(([name, values = []]) => [name, values.map(toLatin1)]));
}

function queryOf({ multiValueQueryStringParameters: parameters }: APIGatewayProxyEvent): URLSearchParams {
  const pairs = Object.entries(parameters ?? {}).flatMap(([name, values = []]) =>
    values.map((value) => [name, value]),
  );
  return new URLSearchParams(pairs);
}

/** A Cognito (or, on an HTTP API, a JWT) authorizer puts the token's claims under `claims`; a Lambda authorizer's context lies flat. */
function authorizerOf(authorizer: unknown): AuthorizerClaims | undefined {
  return isRecord(authorizer) ? (claimsOf(authorizer['claims']) ?? claimsOf(authorizer)) : undefined;
}

/** What the types promise and a test invocation from the console does not keep. */
type Nullable<T, K extends keyof T> = { readonly [Key in K]: T[Key] | null };
