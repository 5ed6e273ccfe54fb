export {
  OcelotIdentitySource,
  type OcelotEvidence,
  type OcelotIdentitySourceOptions,
} from './ocelot-identity-source.ts';
export { PROOF_HEADER, type ProxyProof } from './proxy-proof.ts';
