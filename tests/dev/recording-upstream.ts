import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Recorded {
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** The service's place behind the proxy: remembers what reached it, answers as told. */
export interface RecordingUpstream {
  readonly url: string;
  readonly seen: Recorded[];
  answer: (response: ServerResponse) => void;
  readonly stop: () => Promise<void>;
}

export async function startRecordingUpstream(): Promise<RecordingUpstream> {
  const seen: Recorded[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const { method = '', url = '', rawHeaders } = request;
      seen.push({ method, target: url, rawHeaders, body: Buffer.concat(chunks) });
      upstream.answer(response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const upstream: RecordingUpstream = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answer: (response) => response.end('{}'),
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return upstream;
}

/** Every value of a header, whatever its case. */
export function valuesOf(recorded: Recorded | undefined, name: string): readonly string[] {
  const { rawHeaders = [] } = recorded ?? {};
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}
