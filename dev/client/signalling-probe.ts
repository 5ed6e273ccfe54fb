import { emit } from './event-line.ts';
import { msSince, type Access } from './joining.ts';
import { readJoinResponse } from './join-response.ts';
import { step } from './step.ts';

/** The signalling protocol of the plain endpoint. */
const PROTOCOL = '16';

/**
 * Joins over `/rtc?access_token=..` with a bare WebSocket: signalling only, no media.
 *
 * This is the endpoint whose query has a `room` parameter, so the honest place to try another room with a stolen token.
 */
export async function joinBySignalling(
  access: Access,
  query: URLSearchParams,
  interruption: AbortSignal,
): Promise<void> {
  const startedAt = performance.now();
  const url = new URL(access.url);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/rtc`;
  url.protocol = url.protocol.replace('http', 'ws');
  url.search = new URLSearchParams([
    ['access_token', access.token],
    ['protocol', PROTOCOL],
    ...query,
  ]).toString();
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  try {
    const joined = readJoinResponse(await step('join', firstMessage(socket, url), interruption));
    emit({ event: 'joined', ...joined, ms: msSince(startedAt) });
  } finally {
    socket.close();
  }
  emit({ event: 'left', ms: 0 });
}

function firstMessage(socket: WebSocket, url: URL): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    socket.addEventListener('message', ({ data }) => {
      if (data instanceof ArrayBuffer) resolve(new Uint8Array(data));
      else reject(new Error('the server answered with text'));
    });
    socket.addEventListener('error', () => {
      refusalOf(url).then(reject, reject);
    });
  });
}

/** A WebSocket hides the answer to a refused upgrade; LiveKit repeats it for the same query at `/rtc/validate`. */
async function refusalOf(url: URL): Promise<Error> {
  const validate = new URL(url);
  validate.protocol = validate.protocol.replace('ws', 'http');
  validate.pathname = `${validate.pathname}/validate`;
  const answer = await fetch(validate, { signal: AbortSignal.timeout(5000) });
  return new Error(`${answer.status} ${answer.statusText} - ${await answer.text()}`);
}
