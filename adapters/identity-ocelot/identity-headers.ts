import { isGuid, parseClientId, parseObjectId, type CallerClaims } from '../../core/index.ts';
import type { HttpHeaders } from '../http/index.ts';
import { decodeUtf8, isPlainText } from './header-text.ts';
import { parseUserProfile, PROFILE_HEADER } from './user-profile.ts';

const CLIENT_HEADER = 'client-id';
const USER_HEADER = 'user-id';
const EMAIL_HEADER = 'x-bayer-user';
const IDENTITY_HEADERS = [USER_HEADER, CLIENT_HEADER, EMAIL_HEADER, PROFILE_HEADER] as const;
const STRIPPED = new Map(IDENTITY_HEADERS.map((name) => [strip(name), name]));
const MAX_EMAIL = 254;

/** Why headers were not believed: goes to log and audit as it is. */
export type HeaderRejection =
  | 'identity_header_repeated'
  | 'identity_header_lookalike'
  | 'client_id_missing'
  | 'client_id_malformed'
  | 'user_id_malformed'
  | 'email_malformed'
  | 'profile_malformed'
  | 'profile_contradicts_user_id'
  | 'profile_contradicts_email';

/**
 * Ocelot's identity headers as claims about the caller. Whatever is doubtful is a rejection: nothing is repaired, and
 * no header outranks another.
 */
export function readIdentityHeaders(headers: HttpHeaders): CallerClaims | HeaderRejection {
  if (IDENTITY_HEADERS.some((name) => valuesOf(headers, name).length > 1)) {
    return 'identity_header_repeated';
  }
  if ([...headers.keys()].some(isLookalike)) {
    return 'identity_header_lookalike';
  }
  const [client] = valuesOf(headers, CLIENT_HEADER);
  const [user] = valuesOf(headers, USER_HEADER);
  const [emailHeader] = valuesOf(headers, EMAIL_HEADER);
  const email = emailHeader === undefined ? '' : decodeUtf8(emailHeader);
  if (client === undefined) {
    return 'client_id_missing';
  }
  if (!isGuid(client)) {
    return 'client_id_malformed'; // a comma too: two values that someone joined
  }
  if (user !== undefined && !isGuid(user)) {
    return 'user_id_malformed';
  }
  if (email === undefined || !isEmail(email)) {
    return 'email_malformed';
  }
  const profile = parseUserProfile(valuesOf(headers, PROFILE_HEADER)[0]);
  if (profile === 'malformed') {
    return 'profile_malformed';
  }
  if (profile?.userId !== undefined && profile.userId.toLowerCase() !== user?.toLowerCase()) {
    return 'profile_contradicts_user_id';
  }
  if (profile?.email !== undefined && profile.email.toLowerCase() !== email.toLowerCase()) {
    return 'profile_contradicts_email';
  }
  return {
    clientId: parseClientId(client),
    ...(user === undefined ? {} : { userId: parseObjectId(user) }),
    ...(email === '' ? {} : { email }),
    ...(profile?.displayName === undefined ? {} : { displayName: profile.displayName }),
    mentionsUser: user !== undefined || emailHeader !== undefined || profile !== undefined,
  };
}

/** `client_id`, `client.id`, `clientid`: names that other software between Ocelot and here may take for the real ones. */
function isLookalike(name: string): boolean {
  const real = STRIPPED.get(strip(name));
  return real !== undefined && real !== name;
}

function strip(name: string): string {
  return name.toLowerCase().replace(/[-_.]/g, '');
}

function valuesOf(headers: HttpHeaders, name: string): readonly string[] {
  return headers.get(name) ?? [];
}

/** Bounded plain text; a comma would be two values that someone joined. Empty says that the user has none. */
function isEmail(value: string): boolean {
  return value.length <= MAX_EMAIL && isPlainText(value) && !value.includes(',');
}
