const REDACTED = '[redacted]';
const MOST_CHARACTERS = 500;
/** Of a line, that is looked at: the patterns cost a moment for each character. */
const LONGEST_LINE = 4_000;
/** Begins where a run of such characters does, and so is tried once for each run. */
const TOKEN = /(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*|eyJ[A-Za-z0-9_.-]*/g;
/** As much as one address can be. */
const WITHOUT_SPACE = /[^\s"'<>]+/g;
/** C0, DEL, C1, line and paragraph separators, and what changes the direction of writing. */
const CONTROL = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Somebody else's text, fit for a log: its first line, at most 500 characters of it, without these secrets, whole or begun
 * JWTs, users and passwords of addresses, and what a terminal would carry out. Takes time in proportion to the text.
 */
export function quoted(text: string, secrets: readonly string[] = []): string {
  const [line = ''] = secrets
    .flatMap(formsOf)
    .toSorted((one, other) => other.length - one.length)
    .reduce((left, secret) => left.replaceAll(secret, REDACTED), text)
    .trim()
    .split(/[\r\n]/, 1);
  return line
    .slice(0, LONGEST_LINE)
    .replace(WITHOUT_SPACE, withoutUser)
    .replace(TOKEN, REDACTED)
    .replace(CONTROL, ' ')
    .trim()
    .slice(0, MOST_CHARACTERS);
}

/** What somebody else's error says, {@link quoted}; its code, its name or its type where it says nothing. */
export function firstLine(error: unknown, secrets: readonly string[] = []): string {
  const line = quoted(messageOf(error), secrets);
  if (line !== '') return line;
  if (!(error instanceof Error)) return typeof error;
  const code: unknown = Reflect.get(error, 'code');
  return quoted(typeof code === 'string' ? code : error.name, secrets);
}

/** Whatever was thrown: a program may throw what is no error, and cannot even be made a text. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return '';
  }
}

/** A secret as it is, as addresses and forms have it (each encodes more or less), and as JSON has it. */
function formsOf(secret: string): readonly string[] {
  if (secret === '') return [];
  const encoded = encodeURIComponent(Buffer.from(secret).toString());
  const strict = encoded.replace(/[!'()*]/g, percentEncoded);
  const asForm = [encoded, strict].map((form) => form.replaceAll('~', percentEncoded));
  const asJson = JSON.stringify(secret).slice(1, -1);
  return [...new Set([secret, encoded, strict, ...asForm, asJson])];
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** From `//` to the last `@` of it: a password may hold either. */
function withoutUser(address: string): string {
  const user = address.indexOf('//') + 2;
  const at = address.lastIndexOf('@');
  return user < 2 || at < user ? address : `${address.slice(0, user)}${REDACTED}${address.slice(at)}`;
}
