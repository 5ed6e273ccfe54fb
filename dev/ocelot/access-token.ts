import { request } from 'node:https';
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose';

/** What the edge trusts. */
export interface TrustedEntra {
  readonly tenantId: string;
  readonly jwksUrl: string;
  /** PEM of the authority behind `jwksUrl`, where the system does not know it. */
  readonly ca?: string;
  readonly issuers: { readonly v1: string; readonly v2: string };
  readonly audiences: readonly string[];
}

/** The claims of a token that is good, as far as the edge uses them. */
export interface Caller {
  readonly clientId: string;
  readonly objectId: string;
  readonly email?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly displayName?: string;
}

export type Verdict =
  | { readonly kind: 'good'; readonly caller: Caller }
  | { readonly kind: 'bad'; readonly reason: string }
  /** The keys could not be had: neither good nor bad. */
  | { readonly kind: 'undecided'; readonly reason: string };

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export class AccessTokenVerifier {
  readonly #entra: TrustedEntra;
  readonly #keys: JWTVerifyGetKey;

  constructor(entra: TrustedEntra) {
    this.#entra = entra;
    this.#keys = createRemoteJWKSet(new URL(entra.jwksUrl), {
      timeoutDuration: 5_000,
      // A kid it does not know makes it look again, at most once a second.
      cooldownDuration: 1_000,
      ...(entra.ca === undefined ? {} : { [customFetch]: fetchTrusting(entra.ca) }),
    });
  }

  async verify(token: string): Promise<Verdict> {
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        algorithms: ['RS256'],
        issuer: [this.#entra.issuers.v1, this.#entra.issuers.v2],
        audience: [...this.#entra.audiences],
        requiredClaims: ['exp', 'nbf', 'tid', 'oid', 'ver'],
      });
      return this.#callerOf(payload);
    } catch (error) {
      if (isAboutTheToken(error)) return { kind: 'bad', reason: error.code };
      return { kind: 'undecided', reason: 'the signing keys are not available' };
    }
  }

  #callerOf(claims: JWTPayload): Verdict {
    if (claims['tid'] !== this.#entra.tenantId) return { kind: 'bad', reason: 'another tenant' };
    const version = claims['ver'] === '1.0' ? 'v1' : claims['ver'] === '2.0' ? 'v2' : undefined;
    if (version === undefined || claims.iss !== this.#entra.issuers[version]) {
      return { kind: 'bad', reason: 'issuer and version disagree' };
    }
    const clientId = guid(claims[version === 'v1' ? 'appid' : 'azp']);
    const objectId = guid(claims['oid']);
    if (clientId === undefined || objectId === undefined)
      return { kind: 'bad', reason: 'no client or object id' };
    return {
      kind: 'good',
      caller: {
        clientId,
        objectId,
        ...text('email', claims['email']),
        ...text('firstName', claims['given_name']),
        ...text('lastName', claims['family_name']),
        ...text('displayName', claims['name']),
      },
    };
  }
}

/** The others say that the key set could not be fetched or read. */
function isAboutTheToken(error: unknown): error is errors.JOSEError {
  const aboutKeys = [errors.JWKSTimeout.code, errors.JWKSInvalid.code, errors.JOSEError.code];
  return error instanceof errors.JOSEError && !aboutKeys.includes(error.code);
}

function guid(value: unknown): string | undefined {
  return typeof value === 'string' && GUID.test(value) ? value.toLowerCase() : undefined;
}

function text<Name extends string>(name: Name, value: unknown): Partial<Record<Name, string>> {
  if (typeof value !== 'string' || value === '') return {};
  return { [name]: value } as Partial<Record<Name, string>>;
}

/** `fetch` knows no authorities but the system's. */
function fetchTrusting(
  ca: string,
): (url: string, options: { readonly signal: AbortSignal }) => Promise<Response> {
  return (url, { signal }) =>
    new Promise((resolve, reject) => {
      const outgoing = request(url, { ca, signal, agent: false }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.once('error', reject);
        incoming.once('end', () => {
          resolve(new Response(Buffer.concat(chunks), { status: incoming.statusCode ?? 502 }));
        });
      });
      outgoing.once('error', reject);
      outgoing.end();
    });
}
