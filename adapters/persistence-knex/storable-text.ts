const MAX_TEXT_LENGTH = 1024;

/**
 * Text from outside as PostgreSQL can hold it: NUL and lone surrogates, which it refuses, become U+FFFD, and the length
 * is bounded. A strange user agent or disconnect reason must never cost an audit row.
 */
export function storableText(raw: string, maxLength: number = MAX_TEXT_LENGTH): string {
  return Buffer.from(raw.slice(0, maxLength), 'utf8').toString('utf8').replaceAll('\0', '\uFFFD');
}
