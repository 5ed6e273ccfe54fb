import type {
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyEventV2WithJWTAuthorizer,
  APIGatewayProxyEventV2WithLambdaAuthorizer,
} from 'aws-lambda';
import type { HttpRequest } from '../../adapters/http/index.ts';
import { utf8 } from './http-message.ts';

/** An event as a gateway sends it, and the request it stands for. */
export interface GoldenEvent {
  readonly what: string;
  readonly event: APIGatewayProxyEvent | APIGatewayProxyEventV2;
  readonly request: Pick<HttpRequest, 'method' | 'path' | 'peerAddress' | 'authorizer'> & {
    readonly body: Uint8Array;
    readonly query: string;
    /** Of those that came, the ones worth a look. */
    readonly headers: Readonly<Record<string, readonly string[]>>;
  };
}

const START_BODY = '{"agent_entra_app_id":"a9e00000-0000-4000-8000-00000000000a"}';
const WEBHOOK_BODY = utf8('{"event":"room_started","room":{"name":"s-é"}}');
const CLAIMS = { aud: 'api://lkps.example.test', exp: '1800000000', scp: 'access_as_user' };
const IDENTITY: APIGatewayProxyEvent['requestContext']['identity'] = {
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
  sourceIp: '192.0.2.10',
  user: null,
  userAgent: 'curl/8',
  userArn: null,
};

/**
 * REST API, Lambda proxy integration: API Gateway Developer Guide, "Lambda proxy integrations in API Gateway", section
 * "Input format of a Lambda function for proxy integration".
 */
const rest: APIGatewayProxyEvent = {
  resource: '/{proxy+}',
  path: '/api/session/start',
  httpMethod: 'POST',
  headers: { 'Content-Type': 'application/json', 'Client-Id': 'second', Host: 'lkps.example.test' },
  multiValueHeaders: {
    'Content-Type': ['application/json'],
    'Client-Id': ['first', 'second'],
    'client-id': ['third'],
    Host: ['lkps.example.test'],
  },
  queryStringParameters: { a: '2' },
  multiValueQueryStringParameters: { a: ['1', '2 ä'] },
  pathParameters: { proxy: 'api/session/start' },
  stageVariables: null,
  requestContext: {
    accountId: '123456789012',
    apiId: 'a1b2c3d4e5',
    authorizer: null,
    httpMethod: 'POST',
    identity: IDENTITY,
    path: '/prod/api/session/start',
    protocol: 'HTTP/1.1',
    requestId: '7d5e0000-0000-4000-8000-000000000001',
    requestTimeEpoch: 1_772_366_400_000,
    resourceId: 'abc123',
    resourcePath: '/{proxy+}',
    stage: 'prod',
  },
  body: START_BODY,
  isBase64Encoded: false,
};

/**
 * HTTP API: API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway", section
 * "Payload format structure", 2.0.
 */
const httpApi: APIGatewayProxyEventV2 = {
  version: '2.0',
  routeKey: '$default',
  rawPath: '/livekit/webhook',
  rawQueryString: 'a=1&a=2%20%C3%A4',
  cookies: ['one=1', 'two=2'],
  headers: {
    'Content-Type': 'application/webhook+json',
    'client-id': 'first,second',
    authorization: 'ey.J.x',
  },
  queryStringParameters: { a: '1,2 ä' },
  requestContext: {
    accountId: '123456789012',
    apiId: 'a1b2c3d4e5',
    domainName: 'lkps.example.test',
    domainPrefix: 'lkps',
    http: {
      method: 'POST',
      path: '/livekit/webhook',
      protocol: 'HTTP/1.1',
      sourceIp: '192.0.2.11',
      userAgent: 'livekit',
    },
    requestId: 'JKJaXmPLvHcESHA=',
    routeKey: '$default',
    stage: '$default',
    time: '01/Mar/2026:12:00:00 +0000',
    timeEpoch: 1_772_366_400_000,
  },
  body: Buffer.from(WEBHOOK_BODY).toString('base64'),
  isBase64Encoded: true,
};

/** "Control access to HTTP APIs with JWT authorizers": claims arrive as text. */
const jwtAuthorizer: APIGatewayProxyEventV2WithJWTAuthorizer = {
  ...httpApi,
  rawPath: '/prod/api/health',
  requestContext: {
    ...httpApi.requestContext,
    stage: 'prod',
    http: { ...httpApi.requestContext.http, method: 'GET', path: '/prod/api/health' },
    authorizer: { principalId: '', integrationLatency: 0, jwt: { claims: CLAIMS, scopes: [] } },
  },
  body: '',
  isBase64Encoded: false,
};

/** "Control access to HTTP APIs with AWS Lambda authorizers", section "Authorizer response", format 2.0. */
const lambdaAuthorizer: APIGatewayProxyEventV2WithLambdaAuthorizer<typeof CLAIMS> = {
  ...httpApi,
  requestContext: { ...httpApi.requestContext, authorizer: { lambda: CLAIMS } },
};

const webhook = {
  method: 'POST',
  path: '/livekit/webhook',
  body: WEBHOOK_BODY,
  peerAddress: '192.0.2.11',
  query: 'a=1&a=2+%C3%A4',
  headers: {
    'content-type': ['application/webhook+json'],
    'client-id': ['first,second'],
    cookie: ['one=1; two=2'],
    authorization: ['ey.J.x'],
  },
};
const start = {
  method: 'POST',
  path: '/api/session/start',
  body: utf8(START_BODY),
  peerAddress: '192.0.2.10',
  query: 'a=1&a=2+%C3%A4',
  headers: { 'client-id': ['first', 'second', 'third'], host: ['lkps.example.test'] },
};

export const GOLDEN_EVENTS: readonly GoldenEvent[] = [
  { what: 'of a REST API', event: rest, request: start },
  {
    what: 'of a REST API with a Lambda authorizer, whose context lies flat',
    event: withAuthorizer({ ...CLAIMS, principalId: 'p', integrationLatency: 3 }),
    request: { ...start, authorizer: { ...CLAIMS, principalId: 'p', integrationLatency: 3 } },
  },
  {
    what: 'of a REST API with a Cognito authorizer, or an HTTP API with payload format 1.0 and a JWT authorizer',
    event: withAuthorizer({ claims: CLAIMS }),
    request: { ...start, authorizer: CLAIMS },
  },
  {
    what: 'of a REST API for a request without anything',
    event: {
      ...rest,
      httpMethod: 'GET',
      path: '/api/he%61lth',
      headers: {},
      multiValueHeaders: {},
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      body: null,
    },
    request: { ...start, method: 'GET', path: '/api/he%61lth', body: utf8(''), query: '', headers: {} },
  },
  { what: 'of an HTTP API', event: httpApi, request: webhook },
  {
    what: 'of an HTTP API with a JWT authorizer and a named stage',
    event: jwtAuthorizer,
    request: { ...webhook, method: 'GET', path: '/api/health', body: utf8(''), authorizer: CLAIMS },
  },
  {
    what: 'of an HTTP API with a Lambda authorizer',
    event: lambdaAuthorizer,
    request: { ...webhook, authorizer: CLAIMS },
  },
];

function withAuthorizer(authorizer: Readonly<Record<string, unknown>>): APIGatewayProxyEvent {
  return { ...rest, requestContext: { ...rest.requestContext, authorizer } };
}
