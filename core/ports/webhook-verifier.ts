/** A LiveKit webhook event whose signature was right, cut down to what a session needs. */
export interface LiveKitEvent {
  /** LiveKit's id of the event, the same on every delivery. */
  readonly eventId: string;
  /** `room_started`, `participant_joined`, ...: also names this platform has never heard of. */
  readonly event: string;
  readonly room?: { readonly name: string; readonly sid: string; readonly creationTimeMs: number };
  readonly participant?: { readonly sid: string; readonly identity: string; readonly agentName?: string };
  readonly disconnectReason?: string;
}

export interface SignedWebhook {
  /** The exact bytes received: the signature covers these. */
  readonly body: Uint8Array;
  /** What came as `Authorization`; undefined when it was missing or came more than once. */
  readonly signature: string | undefined;
}

export type WebhookVerification =
  | { readonly outcome: 'verified'; readonly event: LiveKitEvent }
  /** `reason` is a snake_case code for log and audit. */
  | { readonly outcome: 'rejected'; readonly reason: string };

/**
 * Tells LiveKit's webhooks from everybody else's.
 *
 * Every implementation passes `tests/contract/webhook-verifier.contract.ts`: only the dedicated webhook keys count, the
 * signature covers the whole body, and one that expired more than 60 s ago is refused.
 */
export interface WebhookVerifier {
  /** @throws LkpsError `malformed_json` when the signature is right and the body is not an event. */
  verify(webhook: SignedWebhook): Promise<WebhookVerification>;
}
