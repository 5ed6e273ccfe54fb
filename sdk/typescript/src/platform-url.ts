import { isLoopback, readStrictUrl } from './strict-url.ts';

/** What is wrong with an address of the platform. Never repeats it: it may hold a user and a password. */
export function problemOfUrl(name: string, text: string): readonly string[] {
  const url = readStrictUrl(text);
  if (url === undefined || !/^https?$/.test(url.scheme)) {
    return [`${name} is not of the form https://<host>[/<path>]`];
  }
  if (url.scheme === 'http' && !isLoopback(url)) {
    return [`${name} does not begin with https:// (http:// is for this machine's own loopback only)`];
  }
  return [];
}

/** Below the platform's own address, which may have a path. */
export function registerUrlOf(platformUrl: string): string {
  return `${platformUrl.replace(/\/+$/, '')}/api/agent/register`;
}
