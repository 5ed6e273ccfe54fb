import type { IncomingMessage } from 'node:http';

/**
 * The whole body, or `undefined` as soon as it turns out longer than the limit: the rest is then read and thrown away, so
 * that the sender gets to see its answer (send that with `connection: close`).
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limitBytes) chunks.push(chunk);
      else resolve(undefined);
    });
    request.once('end', () => {
      resolve(Buffer.concat(chunks));
    });
    request.once('error', reject);
    request.once('close', () => {
      reject(new Error('the request ended before its body'));
    });
  });
}
