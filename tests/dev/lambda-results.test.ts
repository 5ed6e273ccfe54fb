import { describe, expect, it } from 'vitest';
import type { GatewayResponse } from '../../dev/lambda/gateway-message.ts';
import { httpApiResponse } from '../../dev/lambda/http-api-event.ts';
import { restResponse } from '../../dev/lambda/rest-event.ts';

const textOf = ({ body }: GatewayResponse): string => new TextDecoder().decode(body);

const MALFORMED = [
  ['nothing at all', undefined, 'rest'],
  ['text', 'hello', 'rest'],
  ['no status', { body: '' }, 'rest'],
  ['a status in text', { statusCode: '200' }, 'both'],
  ['a status of no answer', { statusCode: 99 }, 'both'],
  ['a body that is an object', { statusCode: 200, body: {} }, 'both'],
  ['a header that is a list', { statusCode: 200, headers: { a: ['b'] } }, 'both'],
  ['a header that is null', { statusCode: 200, headers: { a: null } }, 'both'],
  ['headers in a list', { statusCode: 200, headers: [] }, 'both'],
  ['multiple values in text', { statusCode: 200, multiValueHeaders: { a: 'b' } }, 'rest'],
  ['base64 that is none', { statusCode: 200, body: '%', isBase64Encoded: true }, 'both'],
  ['a flag in text', { statusCode: 200, isBase64Encoded: 'true' }, 'both'],
  ['cookies in text', { statusCode: 200, cookies: 'a=1' }, 'http-api'],
] as const;

describe('the answer of a REST API', () => {
  it.each(MALFORMED.filter(([, , kind]) => kind !== 'http-api'))('to %s is a 502', (_, result) => {
    const response = restResponse(result);
    expect(response.status).toBe(502);
    expect(textOf(response)).toBe('{"message":"Internal server error"}');
  });

  it('has headers and multiValueHeaders, and what is in both only once', () => {
    const { headers } = restResponse({
      statusCode: 200,
      headers: { a: '1', B: 2, c: true },
      multiValueHeaders: { A: ['1', '2'], b: ['3'] },
    });
    expect(headers).toEqual([
      ['A', '1'],
      ['A', '2'],
      ['b', '3'],
      ['B', '2'],
      ['c', 'true'],
    ]);
  });

  it('has flagged base64 decoded where the first accepted type is a binary one', () => {
    const result = { statusCode: 200, body: 'aGk=', isBase64Encoded: true };
    expect(textOf(restResponse(result))).toBe('hi');
    expect(textOf(restResponse({ ...result, isBase64Encoded: false }))).toBe('aGk=');
    const binaryMediaTypes = ['image/png'];
    expect(textOf(restResponse(result, { binaryMediaTypes }))).toBe('aGk=');
    expect(textOf(restResponse(result, { binaryMediaTypes, accept: 'image/png, */*' }))).toBe('hi');
    expect(textOf(restResponse(result, { binaryMediaTypes, accept: '*/*, image/png' }))).toBe('aGk=');
  });

  it('renames the challenge only where asked to', () => {
    const result = { statusCode: 401, headers: { 'www-authenticate': 'Bearer', 'x-a': '1' } };
    expect(restResponse(result).headers).toContainEqual(['www-authenticate', 'Bearer']);
    expect(restResponse(result, { remapHeaders: true }).headers).toEqual([
      ['x-amzn-Remapped-www-authenticate', 'Bearer'],
      ['x-a', '1'],
    ]);
  });
});

describe('the answer of an HTTP API', () => {
  it.each(MALFORMED.filter(([, , kind]) => kind !== 'rest'))('to %s is a 500', (_, result) => {
    const response = httpApiResponse(result);
    expect(response.status).toBe(500);
    expect(textOf(response)).toBe('{"message":"Internal Server Error"}');
  });

  it('has the cookies as headers and flagged base64 decoded', () => {
    const response = httpApiResponse({
      statusCode: 200,
      headers: { 'content-type': 'text/plain' },
      cookies: ['a=1', 'b=2'],
      body: 'aGk=',
      isBase64Encoded: true,
    });
    expect(response.headers).toEqual([
      ['content-type', 'text/plain'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ]);
    expect(textOf(response)).toBe('hi');
  });

  it('to a result without a status is the result, as JSON', () => {
    expect(textOf(httpApiResponse({ a: 1 }))).toBe('{"a":1}');
    expect(httpApiResponse('hi')).toMatchObject({
      status: 200,
      headers: [['content-type', 'application/json']],
    });
  });
});

describe.each([
  ['REST API', restResponse],
  ['HTTP API', httpApiResponse],
])('the answer of any gateway: %s', (_, responseOf) => {
  it('has no content type where there is no body', () => {
    expect(responseOf({ statusCode: 200, body: '' })).toMatchObject({ status: 200, headers: [] });
    expect(responseOf({ statusCode: 204 })).toMatchObject({ status: 204, headers: [] });
  });
});
