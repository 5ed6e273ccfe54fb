import {
  EntraIdentitySource,
  EntraSigningKeys,
  EntraTokenVerifier,
} from '../adapters/identity-entra/index.ts';
import type { HttpCredential } from '../adapters/http/index.ts';
import {
  OcelotIdentitySource,
  type OcelotEvidence,
  type ProxyProof,
} from '../adapters/identity-ocelot/index.ts';
import { AuthorizerIdentitySource } from '../adapters/lambda/index.ts';
import type {
  AccessTokenVerifier,
  ApplicationDirectory,
  Clock,
  EntraTrust,
  IdentitySource,
} from '../core/index.ts';
import type { Config, Secrets } from './config.ts';
import type { IdentityConfig } from './identity-config.ts';

interface IdentityPorts {
  readonly clock: Clock;
  readonly directory: ApplicationDirectory;
}

/** The one way by which this deployment knows its callers. */
export function identitySource(
  { identity, proxyProof }: Config,
  secrets: Secrets,
  ports: IdentityPorts,
): IdentitySource<HttpCredential> {
  switch (identity.source) {
    case 'authorizer':
      return new AuthorizerIdentitySource({ ...identity.tokens, clock: ports.clock });
    case 'entra': {
      const { trust, ...rules } = identity.tokens;
      return new EntraIdentitySource({ ...rules, tokens: tokenVerifier(trust, ports.clock) });
    }
    case 'ocelot':
      return new OcelotIdentitySource({
        ...ocelotEvidence(identity, ports),
        proof: proofOfOcelot(proxyProof, secrets),
      });
  }
}

function ocelotEvidence(
  identity: Extract<IdentityConfig, { readonly source: 'ocelot' }>,
  { clock, directory }: IdentityPorts,
): OcelotEvidence {
  switch (identity.evidence) {
    case 'headers':
      return { evidence: 'headers' };
    case 'directory':
      return { evidence: 'directory', directory };
    case 'token': {
      const { trust, ...rules } = identity.tokens;
      return { ...rules, evidence: 'token', tokens: tokenVerifier(trust, clock) };
    }
  }
}

function tokenVerifier(trust: EntraTrust, clock: Clock): AccessTokenVerifier {
  return new EntraTokenVerifier({ trust, clock, keys: new EntraSigningKeys({ ...trust, clock }) });
}

function proofOfOcelot(proof: Config['proxyProof'], secrets: Secrets): ProxyProof {
  return proof === 'network'
    ? 'network'
    : { secrets: secrets.proxySecrets.map((secret) => secret.revealBytes()) };
}
