import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpResponse } from '../http/index.ts';

const LINGER_MS = 2_000;

/** Answers on a bare socket, after which it is closed: by the peer when it has read the answer, or before long. */
export function answerPlainly(socket: Duplex, { status, headers, body }: HttpResponse): void {
  if (socket.destroyed) {
    return;
  }
  const fields = { ...headers, 'content-length': String(body.length), connection: 'close' };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', ''].join('\r\n');
  const giveUp = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => {
    clearTimeout(giveUp);
  });
  socket.resume(); // what it still sends is not of interest, but its end is
  socket.end(Buffer.concat([Buffer.from(head, 'latin1'), body]));
}
