const REDACTED = '[redacted]';
const MOST_CHARACTERS = 500;
const TOKEN = /[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*|eyJ[A-Za-z0-9_.-]*/g;
const USER_OF_ADDRESS = /\/\/[^\s"'<>]*@/g;
/** C0, DEL, C1, line and paragraph separators, and what changes the direction of writing. */
const CONTROL = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Somebody else's text, fit for a log: its first line, at most 500 characters of it, without these secrets, whole or begun
 * JWTs, users and passwords of addresses, and what a terminal would carry out.
 */
export function quoted(text: string, secrets: readonly string[] = []): string {
  const known = secrets.filter((secret) => secret !== '');
  const [line = ''] = known
    .reduce((left, secret) => left.replaceAll(secret, REDACTED), text)
    .trim()
    .split(/[\r\n]/);
  return line
    .trim()
    .replace(USER_OF_ADDRESS, `//${REDACTED}@`)
    .replace(TOKEN, REDACTED)
    .replace(CONTROL, ' ')
    .trim()
    .slice(0, MOST_CHARACTERS);
}

/** What somebody else's error says, {@link quoted}; its code or its name where it says nothing. */
export function firstLine(error: unknown, secrets: readonly string[] = []): string {
  if (!(error instanceof Error)) return quoted(String(error), secrets);
  const line = quoted(error.message, secrets);
  if (line !== '') return line;
  const code: unknown = Reflect.get(error, 'code');
  return quoted(typeof code === 'string' ? code : error.name, secrets);
}
