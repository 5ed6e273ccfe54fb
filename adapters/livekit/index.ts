export {
  LiveKitAgentTokenVerifier,
  type LiveKitAgentTokenVerifierOptions,
} from './livekit-agent-token-verifier.ts';
export { LiveKitProbe } from './livekit-probe.ts';
export { LiveKitRoomDispatcher } from './livekit-room-dispatcher.ts';
export { LiveKitTokenIssuer } from './livekit-token-issuer.ts';
export { LiveKitWebhookVerifier } from './livekit-webhook-verifier.ts';
export type { LiveKitKey } from './signing-keys.ts';
export { upstreamWorkerToken } from './upstream-worker-token.ts';
