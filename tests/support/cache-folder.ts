import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where what is built or installed once is kept: the user's cache, outside the checkout. */
export function cacheFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'];
  return join(cache === undefined || cache === '' ? join(homedir(), '.cache') : cache, 'lkps');
}
