import type { WorkerPass } from '../model/worker.ts';

/** `reason` is a snake_case code for log and audit; whoever sent the token is not told. */
export type AgentTokenVerification =
  | { readonly outcome: 'verified'; readonly pass: WorkerPass }
  | { readonly outcome: 'rejected'; readonly reason: string };

/**
 * Tells an agent token of this platform from everything else, by the keys that agent tokens alone are signed with.
 *
 * A token that says more or less than `agentToken` of core/policy ever makes is rejected whoever signed it. Never rejects.
 */
export interface AgentTokenVerifier {
  verify(token: string): Promise<AgentTokenVerification>;
}
