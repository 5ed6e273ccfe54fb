import { createServer } from 'node:http';
import { forward } from '../../dev/ocelot/forward.ts';
import { readBody } from '../../dev/process/read-body.ts';
import { listenOnLoopback } from './http-loopback.ts';

/** A way to another server on which everybody waits until it is opened: it is the test that says when they come. */
export interface HeldEdge {
  readonly url: string;
  readonly somebodyWaits: Promise<void>;
  readonly open: () => void;
  readonly close: () => Promise<void>;
}

const MOST_BYTES = 65_536;
const TIMEOUT_MS = 15_000;
/** Set anew on the way. */
const REPLACED: ReadonlySet<string> = new Set(['host', 'connection', 'content-length', 'transfer-encoding']);

export async function openHeldEdge(upstream: string): Promise<HeldEdge> {
  const [knocked, opened] = [latch(), latch()];
  const server = createServer((request, response) => {
    const { method = 'GET', url: target = '/', rawHeaders } = request;
    const pass = async (): Promise<void> => {
      const body = (await readBody(request, MOST_BYTES)) ?? Buffer.alloc(0);
      knocked.release();
      await opened.released;
      if (response.destroyed) return; // it has given up meanwhile, and asks again
      const headers = rawHeaders.filter((_, at) => !REPLACED.has((rawHeaders[at & ~1] ?? '').toLowerCase()));
      const to = { upstream: new URL(upstream), method, target, headers, body, timeoutMs: TIMEOUT_MS };
      await forward(to, response);
    };
    pass().catch(() => response.destroy());
  });
  const { port, close } = await listenOnLoopback(server);
  return { url: `http://127.0.0.1:${port}`, somebodyWaits: knocked.released, open: opened.release, close };
}

function latch(): { readonly released: Promise<void>; readonly release: () => void } {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { released, release };
}
