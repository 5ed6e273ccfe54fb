import { gatewayMessage, type GatewayHeader, type GatewayResponse } from './gateway-message.ts';
import {
  bodyText,
  fromBase64,
  isFields,
  isFlaggedBase64,
  MalformedResult,
  singleHeaders,
  statusOf,
  type Fields,
} from './result-fields.ts';

/**
 * What an HTTP API, payload format 2.0, answers for what the function returned. Source: "Lambda function response for
 * format 2.0"; without a `statusCode` the result itself is the body.
 */
export function httpApiResponse(result: unknown): GatewayResponse {
  try {
    return isFields(result) && 'statusCode' in result ? responseOf(result) : inferred(result);
  } catch (error) {
    if (!(error instanceof MalformedResult)) throw error;
    return HTTP_API_FAILURE;
  }
}

/** For a malformed result, and for a function that failed. */
export const HTTP_API_FAILURE: GatewayResponse = gatewayMessage(500, 'Internal Server Error');

function responseOf(result: Fields): GatewayResponse {
  const status = statusOf(result);
  const text = bodyText(result);
  const body = isFlaggedBase64(result) ? fromBase64(text) : Buffer.from(text, 'utf8');
  const headers = [...singleHeaders(result), ...cookiesOf(result)];
  const typed = body.length === 0 || headers.some(([name]) => name.toLowerCase() === 'content-type');
  return {
    status,
    headers: typed ? headers : [...headers, ['content-type', 'text/plain;charset=UTF-8']],
    body,
  };
}

function cookiesOf(result: Fields): readonly GatewayHeader[] {
  const cookies = result['cookies'] ?? [];
  if (!Array.isArray(cookies)) throw new MalformedResult('cookies is no list');
  return cookies.map((cookie: unknown): GatewayHeader => {
    if (typeof cookie !== 'string') throw new MalformedResult('a cookie is no string');
    return ['set-cookie', cookie];
  });
}

function inferred(result: unknown): GatewayResponse {
  const text = typeof result === 'string' ? result : JSON.stringify(result ?? null);
  return { status: 200, headers: [['content-type', 'application/json']], body: Buffer.from(text, 'utf8') };
}
