import { Agent } from 'undici';

/** How many sockets to one LiveKit there may be; a call beyond waits for one to be free. */
export const LIVEKIT_CONNECTIONS = 32;

/** Connections to LiveKit, kept open between calls and capped (docs/adr/0006). */
export function livekitPool(): Agent {
  return new Agent({
    connections: LIVEKIT_CONNECTIONS,
    keepAliveTimeout: 60_000,
    connect: { timeout: 2000 },
  });
}
