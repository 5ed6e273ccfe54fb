import { decodeUtf8, isPlainText } from './header-text.ts';

export const PROFILE_HEADER = 'user-profile';

const MAX_BYTES = 4096;
const FIELDS = ['firstName', 'lastName', 'displayName', 'email', 'user_id'] as const;

export interface UserProfile {
  readonly userId?: string;
  readonly email?: string;
  /** `displayName`, or what first and last name make. */
  readonly displayName?: string;
}

/** The `user-profile` header: known fields are strings, null or absent; unknown ones are ignored. */
export function parseUserProfile(header: string | undefined): UserProfile | 'malformed' | undefined {
  if (header === undefined) {
    return undefined;
  }
  const fields = header.length > MAX_BYTES ? undefined : parseObject(decodeUtf8(header));
  if (fields === undefined || FIELDS.some((name) => !isTextOrNothing(fields[name]))) {
    return 'malformed';
  }
  const userId = textOf(fields['user_id']);
  const email = textOf(fields['email']);
  const displayName =
    textOf(fields['displayName']) ??
    textOf([fields['firstName'], fields['lastName']].map(textOf).filter(Boolean).join(' '));
  return {
    ...(userId === undefined ? {} : { userId }),
    ...(email === undefined ? {} : { email }),
    ...(displayName === undefined ? {} : { displayName }),
  };
}

function parseObject(json: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isTextOrNothing(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && isPlainText(value));
}

/** An empty string says as little as null does. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
