import { request } from 'node:https';
import { decodeJwt } from 'jose';
import {
  EntraSigningKeys,
  EntraTokenVerifier,
  parseEntraTrust,
} from '../../adapters/identity-entra/index.ts';

/** What the edge trusts. */
export interface TrustedEntra {
  readonly tenantId: string;
  readonly authority: string;
  /** PEM of the authority's certificate, where the system does not know it. */
  readonly ca?: string;
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
  | { readonly kind: 'unlisted' }
  /** The keys could not be had: neither good nor bad. */
  | { readonly kind: 'undecided' };

const clock = { now: () => new Date() };

/** Checks tokens with the service's own verifier, against a list of clients that may change while it runs. */
export class EdgeTokens {
  readonly clients: Set<string>;
  readonly #entra: TrustedEntra;
  readonly #keys: EntraSigningKeys;

  constructor(entra: TrustedEntra, clients: readonly string[]) {
    const { ca } = entra;
    this.clients = new Set(clients.map((id) => id.toLowerCase()));
    this.#entra = entra;
    this.#keys = new EntraSigningKeys({
      ...entra,
      clock,
      cooldownMs: 1_000,
      ...(ca === undefined ? {} : { fetch: (url, { signal }) => fetchTrusting(ca, url, signal) }),
    });
  }

  async verify(token: string): Promise<Verdict> {
    const trust = parseEntraTrust({ ...this.#entra, clients: this.clients });
    const verifier = new EntraTokenVerifier({ trust, keys: this.#keys, clock });
    try {
      const verification = await verifier.verify(token);
      if (verification.outcome === 'verified') {
        const { clientId, userId } = verification.claims;
        return userId === undefined
          ? { kind: 'bad', reason: 'no object id' }
          : { kind: 'good', caller: { clientId, objectId: userId, ...profileOf(token) } };
      }
      const { reason } = verification;
      return reason === 'client_not_listed' ? { kind: 'unlisted' } : { kind: 'bad', reason };
    } catch {
      return { kind: 'undecided' };
    }
  }
}

/** What a verified token tells of a user beyond the service's interest. */
function profileOf(token: string): Omit<Caller, 'clientId' | 'objectId'> {
  const claims = decodeJwt(token);
  return {
    ...text('email', claims['email']),
    ...text('firstName', claims['given_name']),
    ...text('lastName', claims['family_name']),
    ...text('displayName', claims['name']),
  };
}

function text<Name extends string>(name: Name, value: unknown): Partial<Record<Name, string>> {
  if (typeof value !== 'string' || value === '') return {};
  return { [name]: value } as Partial<Record<Name, string>>;
}

/** `fetch` knows no authorities but the system's, and a process learns of others only at its start. */
function fetchTrusting(ca: string, url: string, signal: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
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
