import { isIPv4, isIPv6 } from 'node:net';

/** An address, as far as the SDK takes one. The host is as it was written. */
export interface StrictUrl {
  readonly scheme: string;
  readonly host: string;
}

/**
 * One pattern in place of a parser, since parsers repair what they read and each in its own way: ASCII, the scheme in lower
 * case, labels, four numbers or `[IPv6]`, perhaps a port and a path; no user, no query, no fragment.
 */
const PATTERN =
  /^(?<scheme>[a-z]+):\/\/(?<host>[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*|\[(?<v6>[0-9A-Fa-f:.]+)\])(?::(?<port>[1-9]\d{0,4}))?(?:\/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)?$/;
const LAST_PORT = 65_535;
/** What parsers read as a number, and with it the host as an address of numbers. */
const LAST_IS_NUMBER = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/i;

/** @returns undefined for what is not written so */
export function readStrictUrl(text: string): StrictUrl | undefined {
  const { scheme, host, v6, port = '1' } = PATTERN.exec(text)?.groups ?? {};
  if (scheme === undefined || host === undefined) return undefined;
  if (Number(port) > LAST_PORT || (v6 !== undefined && !isIPv6(v6))) return undefined;
  if (LAST_IS_NUMBER.test(host) && !isIPv4(host)) return undefined;
  if (!URL.canParse(text)) return undefined;
  return { scheme, host };
}

/** This machine's own, where what is said in the clear stays. */
export function isLoopback({ host }: StrictUrl): boolean {
  return host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
}
