import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const MAIN = fileURLToPath(new URL('./page/main.ts', import.meta.url));
const HTML =
  '<!doctype html><title>LKPS client</title><link rel="icon" href="data:,">' +
  '<script type="module" src="/page.js"></script>';

/** A web site of its own origin with the page on it, on loopback. */
export interface PageServer {
  readonly origin: string;
  readonly stop: () => Promise<void>;
}

export async function startPageServer(script: string): Promise<PageServer> {
  const server = createServer((request, response) => {
    const [type, body] = request.url === '/page.js' ? ['text/javascript', script] : ['text/html', HTML];
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The page and LiveKit's own client in one ES module, as a web application would bundle it. */
export async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [MAIN],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}
