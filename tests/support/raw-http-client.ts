import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { groupHeaders, type RawHeader, type RawRequest, type RawResponse } from './http-message.ts';

/** Sends a request byte for byte over a connection of its own: nothing is normalised, joined or escaped. */
export async function sendRaw(port: number, request: RawRequest): Promise<RawResponse> {
  return parseResponse(await exchange(port, [encodeRequest(request)]));
}

/** Writes the pieces one after the other, with a pause between, and reads until the other side closes. */
export async function exchange(
  port: number,
  pieces: readonly (Uint8Array | string)[],
  pauseMs = 0,
): Promise<Uint8Array> {
  const socket = await open(port);
  const received: Uint8Array[] = [];
  socket.on('data', (chunk: Uint8Array) => received.push(chunk));
  socket.on('error', () => undefined); // a server that has answered need not read on
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      resolve();
    });
  });
  for (const [index, piece] of pieces.entries()) {
    if (index > 0 && pauseMs > 0) {
      await delay(pauseMs);
    }
    socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
  }
  await closed;
  return Buffer.concat(received);
}

/** Writes a piece and goes away without a word, before there is an answer. */
export async function abandon(port: number, piece: Uint8Array | string, afterMs: number): Promise<void> {
  const socket = await open(port);
  socket.on('error', () => undefined);
  socket.write(piece);
  await delay(afterMs);
  socket.resetAndDestroy();
}

export function encodeRequest({ method, target, headers = [], body }: RawRequest): Uint8Array {
  const lines = [
    ['host', 'lkps.test'],
    ['connection', 'close'],
    ...(body === undefined ? [] : [['content-length', String(body.length)]]),
    ...headers,
  ].map(([name = '', value = '']) => `${name}: ${value}`);
  const head = [`${method} ${target} HTTP/1.1`, ...lines, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), body ?? new Uint8Array()]);
}

/** The first response in the bytes. */
export function parseResponse(received: Uint8Array): RawResponse {
  const bytes = Buffer.from(received);
  const end = bytes.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = bytes.subarray(0, Math.max(end, 0)).toString('latin1').split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1];
  if (status === undefined) {
    throw new Error(`no HTTP response: ${bytes.subarray(0, 200).toString('latin1')}`);
  }
  const headers = groupHeaders(lines.map(parseHeader));
  const rest = bytes.subarray(end + 4);
  const body = headers.has('transfer-encoding') ? dechunked(rest) : rest;
  return { status: Number(status), headers, body };
}

function parseHeader(line: string): RawHeader {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}

function dechunked(bytes: Buffer): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16);
    if (!(size > 0)) {
      return Buffer.concat(chunks);
    }
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}
