import type { Caller } from './access-token.ts';

/** Name and value in turn, as on the wire: case, order and repetition of what is only passed through stay. */
export type RawHeaders = readonly string[];

const IDENTITY_HEADERS = ['user-id', 'client-id', 'x-bayer-user', 'user-profile', 'x-lkps-proxy-proof'];

/** RFC 9110 section 7.6.1: between two neighbours only. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** The proxy sets these itself. */
const REPLACED = ['authorization', 'host', 'content-length', 'expect', 'x-forwarded-for'];

/**
 * What may go on: no identity but the proxy's own. `client_id` and `Client.Id` reach some frameworks as `client-id`, so
 * names are compared by their letters and digits alone.
 */
export function strippedRequestHeaders(headers: RawHeaders, proofHeader: string): RawHeaders {
  const identity = new Set([...IDENTITY_HEADERS, proofHeader].map(lettersAndDigits));
  const dropped = new Set([...HOP_BY_HOP, ...REPLACED, ...namedByConnection(headers)]);
  return filterHeaders(
    headers,
    (name) => !identity.has(lettersAndDigits(name)) && !dropped.has(name.toLowerCase()),
  );
}

export function strippedResponseHeaders(headers: RawHeaders): RawHeaders {
  const dropped = new Set([...HOP_BY_HOP, ...namedByConnection(headers)]);
  return filterHeaders(headers, (name) => !dropped.has(name.toLowerCase()));
}

/** The identity of a verified caller, in the headers the service knows. */
export function identityHeaders(caller: Caller): RawHeaders {
  const { clientId, objectId, email, firstName, lastName, displayName } = caller;
  const profile = { firstName, lastName, displayName, email, user_id: objectId };
  return [
    ...['user-id', objectId],
    ...['client-id', clientId],
    // Header bytes are UTF-8 on the wire; Node writes what it takes for latin1.
    ...(email === undefined ? [] : ['x-bayer-user', Buffer.from(email, 'utf8').toString('latin1')]),
    ...['user-profile', asciiJson(profile)],
  ];
}

export function forwardedFor(headers: RawHeaders, peer: string): RawHeaders {
  const before = filterHeaders(headers, (name) => name.toLowerCase() === 'x-forwarded-for');
  return ['x-forwarded-for', [...before.filter((_, index) => index % 2 === 1), peer].join(', ')];
}

/** JSON whose every non-ASCII UTF-16 unit is escaped, as .NET proxies have to send it. */
function asciiJson(value: object): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function namedByConnection(headers: RawHeaders): readonly string[] {
  return filterHeaders(headers, (name) => name.toLowerCase() === 'connection')
    .filter((_, index) => index % 2 === 1)
    .flatMap((value) => value.split(','))
    .map((name) => name.trim().toLowerCase());
}

function filterHeaders(headers: RawHeaders, keep: (name: string) => boolean): RawHeaders {
  const kept: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? '';
    if (keep(name)) kept.push(name, headers[index + 1] ?? '');
  }
  return kept;
}

function lettersAndDigits(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
