const REDACTED = '[redacted]';
const JWT = /[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g;

/** The text without these secrets and without anything that has the shape of a JWT. */
export function redacted(text: string, secrets: readonly string[] = []): string {
  const known = secrets.filter((secret) => secret !== '');
  return known.reduce((left, secret) => left.replaceAll(secret, REDACTED), text).replace(JWT, REDACTED);
}

/** What somebody else's error says, cut to one line; its name where it says nothing. Tokens are cut out. */
export function firstLine(error: unknown, secrets: readonly string[] = []): string {
  if (!(error instanceof Error)) return redacted(String(error), secrets);
  const [line = ''] = error.message.trim().split(/\r?\n/);
  const code: unknown = Reflect.get(error, 'code');
  const name = typeof code === 'string' ? code : error.name;
  return line === '' ? name : redacted(line, secrets);
}
