import type { TrackSource } from './token.ts';

/** What a caller may say about its own seat in the room. It can take rights away, never add one. */
export interface SeatWishes {
  readonly permissions?: SeatPermissions;
  /** For everybody in the room to read, as are the next two; they travel in the participant's token. */
  readonly name?: string;
  readonly metadata?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** `false` gives a right up; `true` and absent keep it. */
export interface SeatPermissions {
  readonly canPublish?: boolean;
  readonly canSubscribe?: boolean;
  readonly canPublishData?: boolean;
  /** Only these may be published; none of them means nothing may. */
  readonly canPublishSources?: readonly TrackSource[];
}

const RESERVED = /^(?:lkps|lk)\./i;

/** Attributes that the platform (`lkps.*`) and LiveKit (`lk.*`) speak through: whoever reads them trusts them. */
export function isReservedAttribute(key: string): boolean {
  return RESERVED.test(key);
}
