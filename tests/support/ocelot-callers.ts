import type { HttpHeaders } from '../../adapters/http/index.ts';
import { parseClientId, parseObjectId } from '../../core/index.ts';
import { PROOF_HEADER } from '../../adapters/identity-ocelot/index.ts';

export const client = parseClientId('c11e0000-0000-4000-8000-000000000001');
export const servicePrincipal = parseObjectId('59000000-0000-4000-8000-000000000001');
export const user = parseObjectId('05e40000-0000-4000-8000-000000000001');

export const PROOF = 'proof-of-proxy-of-at-least-32-bytes';
export const NEXT_PROOF = 'next-proof-of-proxy-of-at-least-32-bytes';

/** Headers as a host hands them over: the raw list of a request, names in lower case, bytes as latin1. */
export function headersOf(list: readonly (readonly [name: string, value: string])[]): HttpHeaders {
  const headers = new Map<string, string[]>();
  for (const [name, value] of list) {
    const key = name.toLowerCase();
    headers.set(key, [...(headers.get(key) ?? []), value]);
  }
  return headers;
}

/** What Ocelot sends for an application; `more` is added, `undefined` takes away. */
export function asApplication(more: Readonly<Record<string, string | undefined>> = {}): HttpHeaders {
  return merged({ [PROOF_HEADER]: PROOF, 'client-id': client, 'user-id': servicePrincipal }, more);
}

/** What Ocelot sends for a user with everything it can know of one. */
export function asUser(more: Readonly<Record<string, string | undefined>> = {}): HttpHeaders {
  const profile = { firstName: 'Ada', lastName: 'Ünï', email: 'Ada@Example.test', user_id: user };
  return merged(
    {
      [PROOF_HEADER]: PROOF,
      'client-id': client,
      'user-id': user,
      'x-bayer-user': 'ada@example.test',
      'user-profile': onTheWire(JSON.stringify(profile)),
    },
    more,
  );
}

/** The same headers and one more line, after the others. */
export function withLine(headers: HttpHeaders, name: string, value: string): HttpHeaders {
  return new Map([...headers, [name, [...(headers.get(name) ?? []), value]]]);
}

/** UTF-8 as it arrives in a header: one character a byte. */
export function onTheWire(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function merged(
  base: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string | undefined>>,
): HttpHeaders {
  const all: Readonly<Record<string, string | undefined>> = { ...base, ...more };
  return headersOf(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
