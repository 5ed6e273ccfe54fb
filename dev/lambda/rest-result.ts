import { gatewayMessage, type GatewayHeader, type GatewayResponse } from './gateway-message.ts';
import { ALL_TYPES, coversType } from './media-types.ts';
import {
  bodyText,
  fromBase64,
  isFields,
  isFlaggedBase64,
  MalformedResult,
  multiHeaders,
  singleHeaders,
  statusOf,
} from './result-fields.ts';

export interface RestResultOptions {
  /** As for the request; default all types. */
  readonly binaryMediaTypes?: readonly string[];
  /** The request's `Accept`: only its first type counts. */
  readonly accept?: string;
  /** Rename what REST APIs do not let a function set; default false, as if a proxy in front renamed it back. */
  readonly remapHeaders?: boolean;
}

/**
 * What a REST API answers for what the function returned. Sources: the developer guide's "output format of a Lambda
 * function for proxy integration", and "content type conversions" for base64. Stricter than the guide where it is
 * silent: a status that is no number is malformed.
 */
export function restResponse(result: unknown, options: RestResultOptions = {}): GatewayResponse {
  try {
    return responseOf(result, options);
  } catch (error) {
    if (!(error instanceof MalformedResult)) throw error;
    return REST_FAILURE;
  }
}

/** For a malformed result, and for a function that failed. */
export const REST_FAILURE: GatewayResponse = gatewayMessage(502, 'Internal server error');

function responseOf(result: unknown, options: RestResultOptions): GatewayResponse {
  if (!isFields(result)) throw new MalformedResult('the result is no object');
  const status = statusOf(result);
  const headers = merged(multiHeaders(result), singleHeaders(result));
  const text = bodyText(result);
  const accepted = (options.accept ?? '').split(/[,;]/)[0]?.trim().toLowerCase() ?? '';
  const isBinary = isFlaggedBase64(result) && coversType(options.binaryMediaTypes ?? ALL_TYPES, accepted);
  const body = isBinary ? fromBase64(text) : Buffer.from(text, 'utf8');
  const typed = body.length === 0 || headers.some(([name]) => name.toLowerCase() === 'content-type');
  const sent: readonly GatewayHeader[] = typed ? headers : [...headers, ['content-type', 'application/json']];
  return { status, headers: options.remapHeaders === true ? sent.map(remapped) : sent, body };
}

/** "If the same key-value pair is specified in both, only the values from multiValueHeaders appear." */
function merged(multi: readonly GatewayHeader[], single: readonly GatewayHeader[]): readonly GatewayHeader[] {
  const isRepeated = ([name, value]: GatewayHeader): boolean =>
    multi.some(([other, its]) => other.toLowerCase() === name.toLowerCase() && its === value);
  return [...multi, ...single.filter((header) => !isRepeated(header))];
}

/** Of the headers that "may be remapped" ("important notes"), those a service could send in an answer. */
const REMAPPED = new Set([
  'authorization',
  'connection',
  'content-md5',
  'date',
  'server',
  'www-authenticate',
]);

function remapped([name, value]: GatewayHeader): GatewayHeader {
  return REMAPPED.has(name.toLowerCase()) ? [`x-amzn-Remapped-${name}`, value] : [name, value];
}
