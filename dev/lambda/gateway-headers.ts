import { randomBytes } from 'node:crypto';
import type { GatewayHeader } from './gateway-message.ts';

/** Between the caller and the gateway only, or marked as not supported in the developer guide ("important notes"). */
const NOT_PASSED_ON = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

const REPLACED = new Set(['x-forwarded-for', 'x-forwarded-port', 'x-forwarded-proto']);

/**
 * What a function gets to see: the gateway ended TLS on port 443 and appends the caller's address to `X-Forwarded-For`,
 * so only the last address of that is not the caller's own claim.
 */
export function passedOn(headers: readonly GatewayHeader[], sourceIp: string): readonly GatewayHeader[] {
  const kept = headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !NOT_PASSED_ON.has(lower) && !REPLACED.has(lower);
  });
  const traced = valuesOf(headers, 'x-amzn-trace-id').length > 0;
  return [
    ...kept.map(([name, value]) => [name, asText(value)] as const),
    ...(traced ? [] : [['X-Amzn-Trace-Id', newTraceId()] as const]),
    ['X-Forwarded-For', [...valuesOf(headers, 'x-forwarded-for'), sourceIp].join(', ')],
    ['X-Forwarded-Port', '443'],
    ['X-Forwarded-Proto', 'https'],
  ];
}

/**
 * Events are JSON, so values are text: bytes that are UTF-8 arrive decoded, as others saw in live events (oven-sh/bun
 * issue 22994, honojs/hono issue 4432). Of bytes that are not, nothing is documented: latin1 is assumed.
 */
function asText(value: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}

/** Every value of a header, whatever the case of its name. */
export function valuesOf(headers: readonly GatewayHeader[], wanted: string): readonly string[] {
  return headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
}

/** `type/subtype` in lower case and the parameters behind it; empty where there is no content type. */
export function contentType(headers: readonly GatewayHeader[]): {
  readonly mediaType: string;
  readonly parameters: string;
} {
  const [mediaType = '', ...parameters] = (valuesOf(headers, 'content-type').at(-1) ?? '').split(';');
  return { mediaType: mediaType.trim().toLowerCase(), parameters: parameters.join(';').trim().toLowerCase() };
}

function newTraceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')}`;
}
