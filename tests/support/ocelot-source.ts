import { OcelotIdentitySource, type ProxyProof } from '../../adapters/identity-ocelot/index.ts';
import type { HttpHeaders } from '../../adapters/http/index.ts';
import {
  LkpsError,
  type ApplicationDirectory,
  type ClientId,
  type ObjectId,
  type PreAuthorization,
  type Principal,
} from '../../core/index.ts';
import { MemoryApplicationDirectory } from './memory-application-directory.ts';
import { client, NEXT_PROOF, PROOF, servicePrincipal } from './ocelot-callers.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Two secrets, as during a rotation. */
export const BOTH_PROOFS: ProxyProof = { secrets: [utf8(NEXT_PROOF), utf8(PROOF)] };

/** Knows the service principal of `client`, and counts who asks. */
export class CountingDirectory implements ApplicationDirectory {
  readonly #known = new MemoryApplicationDirectory([
    [client, { servicePrincipalId: servicePrincipal, preAuthorized: [] }],
  ]);
  lookUps = 0;

  findServicePrincipalId(application: ClientId): Promise<ObjectId | undefined> {
    this.lookUps += 1;
    return this.#known.findServicePrincipalId(application);
  }

  findPreAuthorization(application: ClientId): Promise<PreAuthorization> {
    this.lookUps += 1;
    return this.#known.findPreAuthorization(application);
  }
}

/** A directory that cannot be asked now. */
export const unavailableDirectory: ApplicationDirectory = {
  findServicePrincipalId: () => Promise.reject(unavailable()),
  findPreAuthorization: () => Promise.reject(unavailable()),
};

export function ocelotSource(
  options: {
    readonly proof?: ProxyProof;
    readonly evidence?: 'directory' | 'headers';
    readonly directory?: ApplicationDirectory;
  } = {},
): OcelotIdentitySource {
  const { proof = BOTH_PROOFS, evidence = 'directory', directory = new CountingDirectory() } = options;
  return new OcelotIdentitySource(
    evidence === 'headers' ? { proof, evidence } : { proof, evidence, directory },
  );
}

/** The caller, or the reason why there is none. */
export async function callerOf(
  headers: HttpHeaders,
  source: OcelotIdentitySource = ocelotSource(),
): Promise<Principal | string> {
  const identification = await source.identify({ headers });
  switch (identification.outcome) {
    case 'identified':
      return identification.principal;
    case 'role_missing':
      return 'role_missing';
    case 'rejected':
      return identification.reason;
  }
}

function unavailable(): LkpsError {
  return new LkpsError('authorization_unavailable', 'planted fault');
}
