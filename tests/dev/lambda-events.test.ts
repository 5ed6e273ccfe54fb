import { describe, expect, it } from 'vitest';
import type { GatewayHeader, GatewayRequest } from '../../dev/lambda/gateway-message.ts';
import { httpApiEvent } from '../../dev/lambda/http-api-event.ts';
import { restEvent } from '../../dev/lambda/rest-event.ts';

const sourceIp = '203.0.113.7';

function post(
  target: string,
  headers: readonly GatewayHeader[],
  body: Uint8Array = new Uint8Array(),
): GatewayRequest {
  return { method: 'POST', target, headers, body, sourceIp };
}
const typed = (type: string): GatewayHeader => ['Content-Type', type];
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the event of a REST API', () => {
  it('keeps names apart by case, has the last value in headers and every value beside it', () => {
    const event = restEvent(
      post('/', [
        ['FOO', '1'],
        ['foo', '2'],
        ['foo', '3'],
      ]),
    );
    expect(event.headers).toMatchObject({ FOO: '1', foo: '3' });
    expect(event.multiValueHeaders).toMatchObject({ FOO: ['1'], foo: ['2', '3'] });
  });

  it('has the path as it came, with the stage in the context only', () => {
    const event = restEvent(post('/api/%61gent%2Fx?q=%20', []), { stage: 'dev' });
    expect(event.path).toBe('/api/%61gent%2Fx');
    expect(event.requestContext.path).toBe('/dev/api/%61gent%2Fx');
    expect(event.pathParameters).toEqual({ proxy: 'api/agent/x' });
  });

  it('has query parameters decoded, and null where there are none', () => {
    const event = restEvent(post('/p?a=%C3%A9&a=b+c&d', []));
    expect(event.queryStringParameters).toEqual({ a: 'b c', d: '' });
    expect(event.multiValueQueryStringParameters).toEqual({ a: ['é', 'b c'], d: [''] });
    expect(restEvent(post('/p?', [])).queryStringParameters).toBeNull();
    expect(restEvent(post('/p', [])).multiValueQueryStringParameters).toBeNull();
  });

  it.each([
    { types: undefined, type: 'application/json', body: 'e30=', base64: true },
    { types: undefined, type: undefined, body: 'e30=', base64: true },
    { types: ['image/*'], type: 'image/png', body: 'e30=', base64: true },
    { types: ['image/*'], type: 'application/json', body: '{}', base64: false },
    { types: [], type: 'image/png', body: '{}', base64: false },
  ])('with binaryMediaTypes $types has a $type body in base64: $base64', ({ types, type, body, base64 }) => {
    const request = post('/p', type === undefined ? [] : [typed(type)], bytes('{}'));
    const event = restEvent(request, types === undefined ? {} : { binaryMediaTypes: types });
    expect(event).toMatchObject({ body, isBase64Encoded: base64 });
  });

  it('loses what is not UTF-8 where a body is text, and has null for none', () => {
    const request = post('/p', [], new Uint8Array([0x61, 0xff]));
    expect(restEvent(request, { binaryMediaTypes: [] }).body).toBe('a\ufffd');
    expect(restEvent(post('/p', []))).toMatchObject({ body: null, isBase64Encoded: false });
  });

  it("has a user pool's claims and a Lambda authorizer's flat context as text", () => {
    const cognito = restEvent(post('/', []), {
      authorizer: { kind: 'cognito', claims: { sub: 's', exp: 1_790_000_000 } },
    });
    expect(cognito.requestContext.authorizer).toEqual({ claims: { sub: 's', exp: '1790000000' } });
    const lambda = restEvent(post('/', []), { authorizer: { kind: 'lambda', context: { n: 1, on: true } } });
    expect(lambda.requestContext.authorizer).toEqual({
      n: '1',
      on: 'true',
      principalId: 'user',
      integrationLatency: expect.any(Number) as number,
    });
    expect(JSON.parse(JSON.stringify(restEvent(post('/', [])).requestContext))).not.toHaveProperty(
      'authorizer',
    );
  });
});

describe('the event of an HTTP API', () => {
  it('has names in lower case, duplicates joined and cookies apart', () => {
    const event = httpApiEvent(
      post('/', [
        ['FOO', '1'],
        ['foo', '2'],
        ['Cookie', 'a=1; b=2'],
        ['cookie', 'c=3'],
      ]),
    );
    expect(event.headers).toMatchObject({ foo: '1,2' });
    expect(event.headers).not.toHaveProperty('cookie');
    expect(event.cookies).toEqual(['a=1', 'b=2', 'c=3']);
    expect(httpApiEvent(post('/', []))).not.toHaveProperty('cookies');
  });

  it('has the path decoded, but for escapes that are not UTF-8, behind a named stage', () => {
    expect(httpApiEvent(post('/%61gent%2F%C3%A9', [])).rawPath).toBe('/agent/é');
    expect(httpApiEvent(post('/a%ff%2', [])).rawPath).toBe('/a%ff%2');
    const staged = httpApiEvent(post('/a?b', []), { stage: 'dev' });
    expect([staged.rawPath, staged.requestContext.http.path, staged.requestContext.stage]).toEqual([
      '/dev/a',
      '/dev/a',
      'dev',
    ]);
    expect(httpApiEvent(post('/%61', []), { functionUrl: true }).rawPath).toBe('/%61');
  });

  it('has the query as it came and decoded, duplicates joined, absent where there is none', () => {
    const event = httpApiEvent(post('/p?a=1&a=%20%2c&b', []));
    expect(event.rawQueryString).toBe('a=1&a=%20%2c&b');
    expect(event.queryStringParameters).toEqual({ a: '1, ,', b: '' });
    expect(httpApiEvent(post('/p', []))).not.toHaveProperty('queryStringParameters');
  });

  it.each([
    ['application/json', false],
    ['Application/JSON; charset=UTF-8', false],
    ['text/plain', false],
    ['text/csv; header=present', false],
    ['application/javascript', false],
    ['application/xml', false],
    ['text/plain; charset=iso-8859-1', true],
    ['application/problem+json', true],
    ['application/webhook+json', true],
    ['application/x-www-form-urlencoded', true],
    ['', true],
  ])('has a body of type "%s" in base64: %s', (type, base64) => {
    const event = httpApiEvent(post('/p', type === '' ? [] : [typed(type)], bytes('{}')));
    expect(event).toMatchObject({ body: base64 ? 'e30=' : '{}', isBase64Encoded: base64 });
  });

  it('loses no byte of a text that is not UTF-8 or that starts with a byte order mark', () => {
    const broken = httpApiEvent(post('/p', [typed('text/plain')], new Uint8Array([0xff])));
    expect(broken).toMatchObject({ body: '/w==', isBase64Encoded: true });
    const marked = httpApiEvent(post('/p', [typed('text/plain')], bytes('\ufeffa')));
    expect(marked.body).toBe('\ufeffa');
  });

  it('has no body where there is none, and a content type nobody sent', () => {
    const event = httpApiEvent(post('/p', [['Content-Length', '0']]));
    expect(event).not.toHaveProperty('body');
    expect(event.headers).toHaveProperty('content-type');
    expect(httpApiEvent(post('/p', [])).headers).not.toHaveProperty('content-type');
  });

  it("has the claims of a JWT as text, lists too, and a Lambda authorizer's context as it is", () => {
    const claims = { aud: 'a', exp: 1_790_000_000, roles: ['r', 's'], on: true };
    expect(httpApiEvent(post('/', []), { authorizer: { kind: 'jwt', claims } })).toHaveProperty(
      'requestContext.authorizer',
      { jwt: { claims: { aud: 'a', exp: '1790000000', roles: '[r s]', on: 'true' }, scopes: null } },
    );
    expect(httpApiEvent(post('/', []), { authorizer: { kind: 'lambda', context: { n: 1 } } })).toHaveProperty(
      'requestContext.authorizer',
      { lambda: { n: 1 } },
    );
    expect(httpApiEvent(post('/', []))).not.toHaveProperty('requestContext.authorizer');
  });
});

describe.each([
  ['REST API', (request: GatewayRequest) => restEvent(request).headers],
  ['HTTP API', (request: GatewayRequest) => httpApiEvent(request).headers],
])('the event of any gateway: %s', (_, headersOf) => {
  const forwarded = (headers: readonly GatewayHeader[]) =>
    Object.fromEntries(Object.entries(headersOf(post('/', headers))).map(([k, v]) => [k.toLowerCase(), v]));

  it("appends the caller's address to what the caller claims, and says itself how it was reached", () => {
    expect(
      forwarded([
        ['x-forwarded-for', '198.51.100.1'],
        ['X-Forwarded-Proto', 'http'],
        ['x-forwarded-port', '1'],
      ]),
    ).toMatchObject({
      'x-forwarded-for': `198.51.100.1, ${sourceIp}`,
      'x-forwarded-proto': 'https',
      'x-forwarded-port': '443',
    });
    expect(forwarded([])).toHaveProperty('x-forwarded-for', sourceIp);
  });

  it('has nothing of what is between the caller and the gateway only', () => {
    const names = Object.keys(
      forwarded([
        ['Connection', 'keep-alive'],
        ['Transfer-Encoding', 'chunked'],
        ['TE', 'trailers'],
      ]),
    );
    expect(names.sort()).toEqual([
      'x-amzn-trace-id',
      'x-forwarded-for',
      'x-forwarded-port',
      'x-forwarded-proto',
    ]);
  });
});
