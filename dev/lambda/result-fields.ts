import type { GatewayHeader } from './gateway-message.ts';

/** Thrown for what a function returned and no gateway takes. */
export class MalformedResult extends Error {
  override readonly name = 'MalformedResult';
}

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function statusOf(result: Fields): number {
  const status = result['statusCode'];
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599) {
    throw new MalformedResult('statusCode is not the status of an answer');
  }
  return status;
}

/** `headers`: one scalar each. */
export function singleHeaders(result: Fields): readonly GatewayHeader[] {
  const headers = result['headers'] ?? {};
  if (!isFields(headers)) throw new MalformedResult('headers is no object');
  return Object.entries(headers).map(([name, value]) => [name, scalar(value)]);
}

/** `multiValueHeaders`: a list of scalars each. */
export function multiHeaders(result: Fields): readonly GatewayHeader[] {
  const headers = result['multiValueHeaders'] ?? {};
  if (!isFields(headers)) throw new MalformedResult('multiValueHeaders is no object');
  return Object.entries(headers).flatMap(([name, values]) => {
    if (!Array.isArray(values)) throw new MalformedResult('a value of multiValueHeaders is no list');
    return values.map((value: unknown): GatewayHeader => [name, scalar(value)]);
  });
}

export function bodyText(result: Fields): string {
  const body = result['body'] ?? '';
  if (typeof body !== 'string') throw new MalformedResult('body is no string');
  return body;
}

export function isFlaggedBase64(result: Fields): boolean {
  const flag = result['isBase64Encoded'] ?? false;
  if (typeof flag !== 'boolean') throw new MalformedResult('isBase64Encoded is no boolean');
  return flag;
}

/** The bytes of base64; what is none is malformed. */
export function fromBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new MalformedResult('body is not base64');
  return bytes;
}

export function scalar(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new MalformedResult('a header value is no scalar');
}
