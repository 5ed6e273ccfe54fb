import { MAX_BODY_BYTES, type RequestBody } from '../http/index.ts';

/**
 * The bytes of an event's body: signatures cover them, so they are never decoded as text and encoded again.
 *
 * @throws TypeError for base64 that is none; a gateway sends no such thing.
 */
export function readBody(body: string | null | undefined, isBase64Encoded: boolean): RequestBody {
  const text = body ?? '';
  const bytes = Buffer.from(text, isBase64Encoded ? 'base64' : 'utf8');
  if (isBase64Encoded && bytes.toString('base64') !== text) {
    throw new TypeError('the body of the event is not base64');
  }
  return bytes.length > MAX_BODY_BYTES ? 'too_large' : bytes;
}
