import { parseParticipantIdentity, type ClientId, type ObjectId, type ParticipantIdentity } from './names.ts';

/** Who is calling, as far as the edge proved it. Made only by an IdentitySource. */
export type Principal = ApplicationPrincipal | UserPrincipal;

/** An application acting for itself: positive evidence said so (see policy/caller-kind.ts). */
export interface ApplicationPrincipal {
  readonly kind: 'application';
  readonly clientId: ClientId;
}

/** A user behind an application, or a caller nobody could show to be an application. */
export interface UserPrincipal {
  readonly kind: 'user';
  readonly clientId: ClientId;
  /** Absent when the edge named none: such a caller can be recorded, but gets no session. */
  readonly userId?: ObjectId;
  /** Personal data: kept apart from the audit trail, never used to authorise. */
  readonly email?: string;
  readonly displayName?: string;
}

/** The name the caller bears in a room; undefined for a caller without an identity of its own. */
export function participantIdentityOf(caller: Principal): ParticipantIdentity | undefined {
  if (caller.kind === 'application') {
    return parseParticipantIdentity(`app-${caller.clientId}`);
  }
  return caller.userId === undefined ? undefined : parseParticipantIdentity(`user-${caller.userId}`);
}
