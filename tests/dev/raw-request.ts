import { request } from 'node:http';

export interface RawAnswer {
  readonly status: number;
  readonly rawHeaders: readonly string[];
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

/** A request with exactly these header names and values, in this order and as often as given. */
export function rawRequest(
  base: string,
  target: string,
  options: { readonly method?: string; readonly headers?: readonly string[]; readonly body?: Buffer } = {},
): Promise<RawAnswer> {
  const { hostname, port, host } = new URL(base);
  const { method = 'GET', headers = [], body = Buffer.alloc(0) } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request({
      hostname,
      port,
      method,
      path: target,
      agent: false,
      headers: [
        'host',
        host,
        ...headers,
        ...(method === 'GET' ? [] : ['content-length', String(body.length)]),
      ],
    });
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('error', reject);
      incoming.once('end', () => {
        const { statusCode = 0, rawHeaders, headers: parsed } = incoming;
        resolve({ status: statusCode, rawHeaders, headers: parsed, body: Buffer.concat(chunks) });
      });
    });
    outgoing.end(body);
  });
}
