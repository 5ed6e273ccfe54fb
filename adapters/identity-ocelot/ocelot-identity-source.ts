import {
  classifyCaller,
  mayBeApplication,
  type ApplicationDirectory,
  type ApplicationEvidence,
  type CallerClaims,
  type Identification,
  type IdentitySource,
} from '../../core/index.ts';
import type { HttpCredential } from '../http/index.ts';
import { readIdentityHeaders } from './identity-headers.ts';
import { isProven, PROOF_HEADER, requireStrong, type ProxyProof } from './proxy-proof.ts';

export interface OcelotIdentitySourceOptions {
  readonly proof: ProxyProof;
  /** What can show that a caller is an application; see core/policy/caller-kind.ts. */
  readonly evidence: Exclude<ApplicationEvidence['source'], 'token'>;
  readonly directory: ApplicationDirectory;
}

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
    if (typeof claims === 'string') {
      return { outcome: 'rejected', reason: claims };
    }
    return { outcome: 'identified', principal: classifyCaller(claims, await this.#evidenceFor(claims)) };
  }

  async #evidenceFor(claims: CallerClaims): Promise<ApplicationEvidence> {
    const { evidence, directory } = this.#options;
    if (evidence === 'headers') {
      return { source: 'headers' };
    }
    const isOpen = mayBeApplication(claims) && claims.userId !== undefined;
    const servicePrincipalId = isOpen ? await directory.findServicePrincipalId(claims.clientId) : undefined;
    return { source: 'directory', servicePrincipalId };
  }
}
