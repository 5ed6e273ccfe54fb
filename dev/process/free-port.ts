import { createSocket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';

/**
 * Below what kernels hand out to outgoing connections: a port that is let go for a moment, because a test stops and
 * restarts a server, is then not taken by somebody's client socket.
 */
const LOWEST = 20_000;
const COUNT = 6_000;
const ATTEMPTS = 100;

/**
 * A loopback port free for TCP and UDP. For as long as this process lives it is given to nobody else, not even by another
 * process that asks here while nothing listens on it yet: its twin, so many ports above, is held meanwhile.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(LOWEST, LOWEST + COUNT);
    const twin = await listening(port + COUNT);
    if (twin === undefined) continue;
    if ((await canListen(port)) && (await canBindDatagrams(port))) {
      twin.unref();
      return port;
    }
    twin.close();
  }
  throw new Error(`no free port between ${LOWEST} and ${LOWEST + COUNT} in ${ATTEMPTS} attempts`);
}

async function canListen(port: number): Promise<boolean> {
  const server = await listening(port);
  server?.close();
  return server !== undefined;
}

async function listening(port: number): Promise<Server | undefined> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return server;
  } catch {
    return undefined;
  }
}

async function canBindDatagrams(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  socket.bind(port, '127.0.0.1');
  try {
    await once(socket, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}
