import {
  classifyCaller,
  identifyVerified,
  mayBeApplication,
  type AccessTokenVerifier,
  type ApplicationDirectory,
  type CallerClaims,
  type Identification,
  type IdentitySource,
} from '../../core/index.ts';
import type { HttpCredential, HttpHeaders } from '../http/index.ts';
import { readForwardedToken } from './forwarded-token.ts';
import { readIdentityHeaders } from './identity-headers.ts';
import { isProven, PROOF_HEADER, requireStrong, type ProxyProof } from './proxy-proof.ts';

/** What can show that a caller is an application; see core/policy/caller-kind.ts. */
export type OcelotEvidence =
  | { readonly evidence: 'directory'; readonly directory: ApplicationDirectory }
  | { readonly evidence: 'headers' }
  | {
      /** Ocelot forwards `Authorization`, and its token must be of the caller that the headers name. */
      readonly evidence: 'token';
      readonly tokens: AccessTokenVerifier;
      /** An app role that every caller must have; without a token, Ocelot's Client Access List is the role. */
      readonly requiredRole?: string;
    };

export type OcelotIdentitySourceOptions = OcelotEvidence & { readonly proof: ProxyProof };

/** {@link IdentitySource} from the headers Ocelot injects. They are unsigned, so the proof of Ocelot comes first. */
export class OcelotIdentitySource implements IdentitySource<HttpCredential> {
  readonly #options: OcelotIdentitySourceOptions;

  /** @throws RangeError for a proof that anyone could give. */
  constructor(options: OcelotIdentitySourceOptions) {
    requireStrong(options.proof);
    this.#options = options;
  }

  async identify({ headers }: HttpCredential): Promise<Identification> {
    const offered = headers.get(PROOF_HEADER) ?? [];
    if (!isProven(this.#options.proof, offered)) {
      return {
        outcome: 'rejected',
        reason: offered.length === 0 ? 'proxy_proof_missing' : 'proxy_proof_wrong',
      };
    }
    const claims = readIdentityHeaders(headers);
    return typeof claims === 'string'
      ? { outcome: 'rejected', reason: claims }
      : await this.#identify(claims, headers);
  }

  async #identify(claims: CallerClaims, headers: HttpHeaders): Promise<Identification> {
    const options = this.#options;
    switch (options.evidence) {
      case 'headers':
        return { outcome: 'identified', principal: classifyCaller(claims, { source: 'headers' }) };
      case 'directory': {
        const isOpen = mayBeApplication(claims) && claims.userId !== undefined;
        const servicePrincipalId = isOpen
          ? await options.directory.findServicePrincipalId(claims.clientId)
          : undefined;
        const principal = classifyCaller(claims, { source: 'directory', servicePrincipalId });
        return { outcome: 'identified', principal };
      }
      case 'token': {
        const read = await readForwardedToken(headers, claims, options.tokens);
        return read.outcome === 'rejected' ? read : identifyVerified(read, options.requiredRole);
      }
    }
  }
}
