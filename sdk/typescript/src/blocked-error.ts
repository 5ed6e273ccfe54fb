/** What the SDK says where something needs a LiveKit API key. sdk/vectors/messages.json has the same texts. */

const NO_KEY = '{name} is blocked: it needs a LiveKit API key, and agents of the platform hold none.';

export const BLOCKED = {
  api: `${NO_KEY} Work with the room and its events (ctx.room); what only a server may do is the platform's to do.`,
  delete_room: `${NO_KEY} Leave with {shutdown}; the room closes by itself once its client is gone.`,
  sip: `${NO_KEY} Telephony is not a part of the platform.`,
  livekit_key: `${NO_KEY} See the table of plugins in the platform's SDK guide for what to use instead.`,
  inference:
    "{name} is blocked: LiveKit's inference gateway needs a key of LiveKit Cloud, and agents of the platform hold none. " +
    "Use the provider's own plugin, or pass a key of your own LiveKit Cloud project.",
} as const;

/** Needs a LiveKit API key, which agents do not hold. */
export class BlockedError extends Error {
  override readonly name = 'BlockedError';

  constructor(kind: keyof typeof BLOCKED, what: string) {
    super(BLOCKED[kind].replace('{name}', what).replace('{shutdown}', 'ctx.shutdown()'));
  }
}
