import type { IncomingMessage } from 'node:http';
import { MAX_BODY_BYTES, type RequestBody } from '../http/index.ts';

/** A body in ordinary packets has some dozens; one cut into single bytes is an attack on memory and time. */
const MAX_CHUNKS = 1024;
const FIRST_BYTES = 1024;

/**
 * Reads into one buffer that doubles as it fills, and stops at the limits: whatever the chunks, a body keeps at most twice
 * its bytes (1 KiB at least). A client that goes away mid-body rejects, and Koa drops the request.
 */
export async function readBody(request: IncomingMessage): Promise<RequestBody> {
  let bytes = Buffer.allocUnsafe(FIRST_BYTES);
  let size = 0;
  let chunks = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    chunks += 1;
    if (size + chunk.length > MAX_BODY_BYTES || chunks > MAX_CHUNKS) {
      return 'too_large';
    }
    if (size + chunk.length > bytes.length) {
      const grown = Buffer.allocUnsafe(
        Math.min(MAX_BODY_BYTES, Math.max(2 * bytes.length, size + chunk.length)),
      );
      bytes.copy(grown, 0, 0, size);
      bytes = grown;
    }
    chunk.copy(bytes, size);
    size += chunk.length;
  }
  return bytes.subarray(0, size);
}
