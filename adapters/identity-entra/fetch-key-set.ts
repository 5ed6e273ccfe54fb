import { importJWK, type CryptoKey } from 'jose';

/** `fetch`, as far as keys need it; another one where the authority's certificate is not one the system knows. */
export type FetchKeys = (
  url: string,
  init: { readonly signal: AbortSignal; readonly redirect: 'error' },
) => Promise<Response>;

/** By `kid`. */
export type KeySet = ReadonlyMap<string, CryptoKey>;

const TIMEOUT_MS = 2_000;
/** Entra's set is about 20 KB. */
const MAX_BYTES = 256 * 1024;
const MAX_KEYS = 64;
export const MAX_KEY_ID = 256;
/** 2048 bits in base64url: RS256 takes no shorter key (RFC 7518 section 3.3). */
const MODULUS = /^[\w-]{342,}$/;

/** The RSA signing keys published at `url` (RFC 7517). Rejects when there is none to be had within 2 s. */
export async function fetchKeySet(url: string, fetch: FetchKeys): Promise<KeySet> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`the key set answered ${response.status}`);
  }
  const published: unknown = JSON.parse(await readBounded(response));
  const keys = await Promise.all(entriesOf(published).slice(0, MAX_KEYS).map(importKey));
  const usable = new Map(keys.flatMap((entry) => entry ?? []));
  if (usable.size === 0) {
    throw new Error('the key set holds no signing key');
  }
  return usable;
}

async function readBounded({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const stream: AsyncIterable<Uint8Array> = body ?? new Blob().stream();
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) {
      throw new Error('the key set is too large'); // leaving the loop cancels the body
    }
    chunks.push(chunk);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
}

function entriesOf(published: unknown): readonly unknown[] {
  const keys = isRecord(published) ? published['keys'] : undefined;
  return Array.isArray(keys) ? keys : [];
}

/** What is no RSA key for signatures is no key of ours, and keeps none of the others from being used. */
async function importKey(entry: unknown): Promise<readonly [readonly [string, CryptoKey]] | undefined> {
  if (!isRecord(entry)) {
    return undefined;
  }
  const { kid, kty, use = 'sig', n, e } = entry;
  const isForSigning = kty === 'RSA' && use === 'sig' && isText(n) && MODULUS.test(n) && isText(e);
  if (!isForSigning || !isText(kid) || kid.length > MAX_KEY_ID) {
    return undefined;
  }
  try {
    const key = await importJWK({ kty, n, e }, 'RS256');
    return key instanceof Uint8Array ? undefined : [[kid, key]];
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
