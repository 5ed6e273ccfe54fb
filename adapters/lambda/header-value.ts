/**
 * A header value of an event as the contract wants it, one character a byte. What no byte can be was decoded as UTF-8 on
 * the way here, and becomes those bytes again.
 */
export function toLatin1(value: string): string {
  return /[\u0100-\u{10ffff}]/u.test(value) ? Buffer.from(value, 'utf8').toString('latin1') : value;
}
