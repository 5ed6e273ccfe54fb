import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { claimText } from './claim-text.ts';
import { contentType, passedOn, valuesOf } from './gateway-headers.ts';
import {
  GATEWAY,
  logTime,
  splitTarget,
  type CognitoAuthorizer,
  type GatewayRequest,
  type LambdaAuthorizer,
} from './gateway-message.ts';
import { ALL_TYPES, coversType } from './media-types.ts';

export { restResponse } from './rest-result.ts';

export interface RestOptions {
  /** Default `prod`. */
  readonly stage?: string;
  readonly authorizer?: CognitoAuthorizer | LambdaAuthorizer;
  /** Bodies of these types reach the function as base64, all others as text; default all types. */
  readonly binaryMediaTypes?: readonly string[];
}

/**
 * What a REST API with a Lambda proxy integration on `/{proxy+}` makes of a request. Sources: the developer guide's
 * "Lambda proxy integrations" (fields, last value against all values), "important notes" (names are told apart by case,
 * parameters are decoded) and "content type conversions" (binaryMediaTypes).
 */
export function restEvent(request: GatewayRequest, options: RestOptions = {}): APIGatewayProxyEvent {
  const { stage = 'prod', authorizer, binaryMediaTypes = ALL_TYPES } = options;
  const { path, query } = splitTarget(request.target);
  const headers = passedOn(request.headers, request.sourceIp);
  const parameters = [...new URLSearchParams(query)];
  const at = new Date();
  const proxied = path !== '/';
  return {
    resource: proxied ? '/{proxy+}' : '/',
    path,
    httpMethod: request.method,
    headers: Object.fromEntries(headers),
    multiValueHeaders: grouped(headers),
    queryStringParameters: parameters.length === 0 ? null : Object.fromEntries(parameters),
    multiValueQueryStringParameters: parameters.length === 0 ? null : grouped(parameters),
    pathParameters: proxied ? { proxy: decoded(path.slice(1)) } : null,
    stageVariables: null,
    requestContext: {
      ...GATEWAY_OF_REST,
      resourcePath: proxied ? '/{proxy+}' : '/',
      httpMethod: request.method,
      extendedRequestId: randomUUID(),
      requestTime: logTime(at),
      requestTimeEpoch: at.getTime(),
      path: `/${stage}${path}`,
      protocol: 'HTTP/1.1',
      stage,
      requestId: randomUUID(),
      identity: {
        ...NOBODY,
        sourceIp: request.sourceIp,
        userAgent: valuesOf(request.headers, 'user-agent').at(-1) ?? null,
      },
      authorizer: authorizer === undefined ? undefined : authorizerContext(authorizer),
    },
    ...bodyOf(request, binaryMediaTypes),
  };
}

const GATEWAY_OF_REST = {
  accountId: GATEWAY.accountId,
  apiId: GATEWAY.apiId,
  domainName: `${GATEWAY.apiId}.execute-api.${GATEWAY.region}.amazonaws.com`,
  domainPrefix: GATEWAY.apiId,
  resourceId: 'r1s2t3',
};

/** No request is signed with AWS credentials here. */
const NOBODY = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userArn: null,
};

function bodyOf(
  { body, headers }: GatewayRequest,
  binaryMediaTypes: readonly string[],
): Pick<APIGatewayProxyEvent, 'body' | 'isBase64Encoded'> {
  if (body.length === 0) return { body: null, isBase64Encoded: false };
  return coversType(binaryMediaTypes, contentType(headers).mediaType)
    ? { body: Buffer.from(body).toString('base64'), isBase64Encoded: true }
    : { body: new TextDecoder('utf-8', { ignoreBOM: true }).decode(body), isBase64Encoded: false };
}

/** A Lambda authorizer's context is flat and of strings, whatever the function returned; a user pool's claims too. */
function authorizerContext(
  authorizer: CognitoAuthorizer | LambdaAuthorizer,
): Readonly<Record<string, unknown>> {
  if (authorizer.kind === 'cognito') return { claims: claimText(authorizer.claims) };
  return {
    ...claimText(authorizer.context),
    principalId: authorizer.principalId ?? 'user',
    integrationLatency: 12,
  };
}

function grouped(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value]);
  return Object.fromEntries(groups);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
