import { importJWK, type CryptoKey } from 'jose';
import type { EntraTrust } from '../../core/index.ts';

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
/** Entra says whose tokens a key signs, `https://<cloud>/<tenant>/v2.0`; `{tenantid}` stands for any organisation. */
const ISSUER = /^https:\/\/[^/]+\/([^/]+)\//;

/** The RSA signing keys Entra publishes for a tenant (RFC 7517). Rejects when there is none to be had within 2 s. */
export async function fetchKeySet(
  { authority, tenantId }: Pick<EntraTrust, 'authority' | 'tenantId'>,
  fetch: FetchKeys,
): Promise<KeySet> {
  const url = `${authority}/${tenantId}/discovery/v2.0/keys`;
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`the key set answered ${response.status}`);
  }
  const published: unknown = JSON.parse(await readBounded(response));
  const entries = entriesOf(published).slice(0, MAX_KEYS);
  const keys = await Promise.all(entries.map((entry) => importKey(entry, tenantId)));
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

/** What is no RSA key for signatures of the tenant is no key of ours, and keeps none of the others from being used. */
async function importKey(
  entry: unknown,
  tenantId: string,
): Promise<readonly [readonly [string, CryptoKey]] | undefined> {
  if (!isRecord(entry)) {
    return undefined;
  }
  const { kid, kty, use = 'sig', n, e, issuer } = entry;
  const isForSigning = kty === 'RSA' && use === 'sig' && isText(n) && MODULUS.test(n) && isText(e);
  if (!isForSigning || !isText(kid) || kid.length > MAX_KEY_ID || !signsFor(tenantId, issuer)) {
    return undefined;
  }
  try {
    const key = await importJWK({ kty, n, e }, 'RS256');
    return key instanceof Uint8Array ? undefined : [[kid, key]];
  } catch {
    return undefined;
  }
}

/** Keys of consumers or of another tenant are never this one's, though the document lists them. */
function signsFor(tenantId: string, issuer: unknown): boolean {
  if (issuer === undefined) {
    return true;
  }
  const tenant = isText(issuer) ? ISSUER.exec(issuer)?.[1]?.toLowerCase() : undefined;
  return tenant === tenantId || tenant === '{tenantid}';
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
