/** Node hands header bytes over as latin1; undefined when they are not UTF-8. */
export function decodeUtf8(value: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'latin1'));
  } catch {
    return undefined;
  }
}

/** No control characters and no half of a surrogate pair: what can be stored and shown as it is. */
export function isPlainText(value: string): boolean {
  return !/[\p{Cc}\p{Cs}]/u.test(value);
}
