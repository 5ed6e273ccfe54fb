import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Finding } from './judge.ts';

/** The service gives 10 s for the headers and 20 s for all, and looks every 2 s. */
const LIMIT_MS = 27_000;
const DRIBBLE_MS = 400;

const HEAD = 'POST /api/session/start HTTP/1.1\r\nhost: lkps.test\r\ncontent-type: application/json\r\n';

/** What is sent, and what is then added byte by byte for as long as anybody listens. */
const UNFINISHED: readonly (readonly [name: string, sent: string, dribbled: string])[] = [
  ['nothing at all', '', ''],
  ['line ends only', '', '\r\n'],
  ['half a method', 'PO', ''],
  ['half a path', 'POST /api/sess', 'x'],
  ['headers without an end', HEAD, ''],
  ['one more header, and one more', HEAD, 'x: 1\r\n'],
  ['an endless header', `${HEAD}x: `, 'x'],
  ['a body that never comes', `${HEAD}content-length: 100\r\n\r\n`, ''],
  ['a body byte by byte', `${HEAD}content-length: 60000\r\n\r\n`, ' '],
  ['chunks that never come', `${HEAD}transfer-encoding: chunked\r\n\r\n`, ''],
  ['chunks of one byte', `${HEAD}transfer-encoding: chunked\r\n\r\n`, '1\r\nx\r\n'],
  ['waits to be told to go on', `${HEAD}expect: 100-continue\r\ncontent-length: 100\r\n\r\n`, ''],
];

/** Connections that never finish what they began: the service ends each of them. */
export async function hangConnections(port: number, count: number): Promise<readonly Finding[]> {
  const all = Array.from(
    { length: count },
    (_, index) => UNFINISHED[index % UNFINISHED.length] ?? ['', '', ''],
  );
  const ended = await Promise.all(all.map(([, sent, dribbled]) => isEnded(port, sent, dribbled)));
  return all
    .filter((_, index) => ended[index] === false)
    .map(([name]) => ({ law: 'every connection ends', detail: `${name}: open after ${LIMIT_MS} ms` }));
}

async function isEnded(port: number, sent: string, dribbled: string): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const state = { closed: false };
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      state.closed = true;
      resolve();
    });
  });
  socket.on('error', () => undefined);
  socket.resume();
  if (sent !== '') {
    socket.write(sent);
  }
  const timer = setInterval(() => {
    if (dribbled !== '' && socket.writable) {
      socket.write(dribbled);
    }
  }, DRIBBLE_MS);
  await Promise.race([closed, delay(LIMIT_MS, undefined, { ref: false })]);
  clearInterval(timer);
  socket.destroy();
  return state.closed;
}
