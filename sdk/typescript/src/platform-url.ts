/** What is wrong with an address of the platform. Never repeats it: it may hold a user and a password. */
export function problemOfUrl(name: string, text: string): readonly string[] {
  const url = /[\s?#]/.test(text) || !URL.canParse(text) ? undefined : new URL(text);
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    return [`${name} is not of the form https://<host>[/<path>]`];
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return [`${name} does not begin with https:// (http:// is for this machine's own loopback only)`];
  }
  return [];
}

/** Below the platform's own address, which may have a path. */
export function registerUrlOf(platformUrl: string): string {
  return `${platformUrl.replace(/\/+$/, '')}/api/agent/register`;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
