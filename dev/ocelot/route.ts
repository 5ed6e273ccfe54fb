export type Route = 'open' | 'protected' | 'none';

/**
 * An allow-list: what is below /api, and nothing that only looks like it (`/api/../livekit/webhook`, `/api/%2e%2e/`).
 * LiveKit's webhooks go to the service directly, never through the proxy.
 */
export function routeOf(method: string, target: string): Route {
  if (!target.startsWith('/api/')) return 'none';
  const [path = ''] = target.split('?');
  if (normalised(path) !== path) return 'none';
  if ((method === 'GET' || method === 'HEAD') && path === '/api/health') return 'open';
  return 'protected';
}

/** A CORS preflight cannot carry a token. */
export function isPreflight(method: string, header: (name: string) => string | undefined): boolean {
  return (
    method === 'OPTIONS' &&
    header('origin') !== undefined &&
    header('access-control-request-method') !== undefined
  );
}

/** Dot segments resolved, in their encoded spellings too; a path that URL parsing changes is not one of ours. */
function normalised(path: string): string | undefined {
  if (!URL.canParse(path, 'http://edge')) return undefined;
  return new URL(path, 'http://edge').pathname;
}
