import { randomBytes } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { claimText } from './claim-text.ts';
import { contentType, passedOn, valuesOf } from './gateway-headers.ts';
import {
  GATEWAY,
  logTime,
  splitTarget,
  type GatewayRequest,
  type JwtAuthorizer,
  type LambdaAuthorizer,
} from './gateway-message.ts';

export { httpApiResponse } from './http-api-result.ts';

export interface HttpApiOptions {
  /** Default `$default`. Function URLs have no other. */
  readonly stage?: string;
  readonly authorizer?: JwtAuthorizer | LambdaAuthorizer;
  /** The event of a function URL instead: the same shape, but the path keeps its escapes. */
  readonly functionUrl?: boolean;
}

/**
 * What an HTTP API, payload format 2.0, makes of a request on its `$default` route. Sources: the developer guide's
 * "Lambda proxy integrations for HTTP APIs" for the fields; where the guide is silent, events that others captured from
 * live APIs (the path, what counts as text).
 */
export function httpApiEvent(request: GatewayRequest, options: HttpApiOptions = {}): APIGatewayProxyEventV2 {
  const { stage = '$default', functionUrl = false } = options;
  const { path, query } = splitTarget(request.target);
  const staged = stage === '$default' ? path : `/${stage}${path}`;
  const rawPath = functionUrl ? staged : decodedPath(staged);
  const headers = passedOn(withContentType(request), request.sourceIp);
  const cookies = valuesOf(headers, 'cookie').flatMap((value) => value.split(/; */).filter((c) => c !== ''));
  const parameters = [...new URLSearchParams(query)];
  const at = new Date();
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: query,
    ...(cookies.length === 0 ? {} : { cookies }),
    headers: joined(headers.filter(([name]) => name.toLowerCase() !== 'cookie').map(lowerCase)),
    ...(parameters.length === 0 ? {} : { queryStringParameters: joined(parameters) }),
    requestContext: {
      ...(functionUrl ? OF_FUNCTION_URL : OF_HTTP_API),
      ...authorizerContext(options.authorizer),
      http: {
        method: request.method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: valuesOf(headers, 'user-agent').join(','),
      },
      requestId: randomBytes(11).toString('base64'),
      routeKey: '$default',
      stage,
      time: logTime(at),
      timeEpoch: at.getTime(),
    },
    ...bodyOf(request),
  };
}

const OF_HTTP_API = {
  accountId: GATEWAY.accountId,
  apiId: GATEWAY.apiId,
  domainName: `${GATEWAY.apiId}.execute-api.${GATEWAY.region}.amazonaws.com`,
  domainPrefix: GATEWAY.apiId,
};

const OF_FUNCTION_URL = {
  ...OF_HTTP_API,
  domainName: `${GATEWAY.apiId}.lambda-url.${GATEWAY.region}.on.aws`,
};

/** Runs of escapes that are UTF-8 are decoded, the others stay as they are. */
function decodedPath(path: string): string {
  return path.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}

/** "API Gateway adds the Content-type header to your request if there is no payload and the Content-Length is 0": the value is not documented, this one is assumed. */
function withContentType({ headers, body }: GatewayRequest): GatewayRequest['headers'] {
  const isEmpty = body.length === 0 && valuesOf(headers, 'content-length').includes('0');
  return isEmpty && valuesOf(headers, 'content-type').length === 0
    ? [...headers, ['content-type', 'application/octet-stream']]
    : headers;
}

/**
 * Captured from live APIs: text for `text/*` and three application types, base64 for all others, no content type
 * included; `charset=utf-8` leaves it text, another one does not. Bytes under a text type that are not UTF-8 are not
 * documented: base64, which loses nothing, is assumed.
 */
function bodyOf({ headers, body }: GatewayRequest): Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'> {
  if (body.length === 0) return { isBase64Encoded: false };
  const text = isText(contentType(headers)) ? utf8(body) : undefined;
  return text === undefined
    ? { body: Buffer.from(body).toString('base64'), isBase64Encoded: true }
    : { body: text, isBase64Encoded: false };
}

const TEXT_TYPES = new Set(['application/json', 'application/javascript', 'application/xml']);

function isText({ mediaType, parameters }: ReturnType<typeof contentType>): boolean {
  const charset = /(?:^|;)\s*charset\s*=\s*"?([^";]*)"?/.exec(parameters)?.[1]?.trim() ?? 'utf-8';
  return (mediaType.startsWith('text/') || TEXT_TYPES.has(mediaType)) && charset === 'utf-8';
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A JWT's claims are text, numbers and lists too; a Lambda authorizer's context stays what it was. */
function authorizerContext(authorizer: HttpApiOptions['authorizer']): object {
  if (authorizer === undefined) return {};
  return authorizer.kind === 'jwt'
    ? { authorizer: { jwt: { claims: claimText(authorizer.claims), scopes: authorizer.scopes ?? null } } }
    : { authorizer: { lambda: authorizer.context } };
}

function lowerCase([name, value]: readonly [string, string]): readonly [string, string] {
  return [name.toLowerCase(), value];
}

function joined(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of pairs) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(values);
}
