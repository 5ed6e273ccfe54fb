/**
 * A header value of an event as the contract wants it, one character a byte. Gateways hand UTF-8 on as the text it is: what
 * could not be the bytes of UTF-8 becomes those bytes again.
 */
export function toLatin1(value: string): string {
  return isBytesOfUtf8(value) ? value : Buffer.from(value, 'utf8').toString('latin1');
}

function isBytesOfUtf8(value: string): boolean {
  const bytes = Buffer.from(value, 'latin1');
  return bytes.toString('latin1') === value && Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes);
}
