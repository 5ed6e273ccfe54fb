import type { RequestId } from './names.ts';

/** What accompanies every act into the log, the audit trail and the room. */
export interface RequestContext {
  readonly requestId: RequestId;
  readonly sourceIp?: string;
  /** What the caller sent, without e-mail addresses and tokens, cut to 256 characters. */
  readonly userAgent?: string;
}
