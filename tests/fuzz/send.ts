import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { readAnswers, type Answers } from './answer.ts';
import { editBytes, type FuzzCase } from './fuzz-case.ts';
import { encodeMessage } from './message.ts';
import type { World } from './world.ts';

/** After that long without an answer to what may be unfinished, the client says that no more will come. */
const QUIET_MS = 30;

/** What became of a connection. */
export interface Exchange extends Answers {
  /** Neither answered to the end nor closed within the limit. */
  readonly hung: boolean;
  /** Nobody listens. */
  readonly unreachable: boolean;
  /** The client went away before it could see an answer. */
  readonly left: boolean;
  readonly elapsedMs: number;
}

/** Sends one case over a connection of its own, byte for byte. Never rejects; takes `limitMs` at most. */
export async function sendCase(
  port: number,
  fuzzCase: FuzzCase,
  world: World,
  limitMs: number,
): Promise<Exchange> {
  const { messages, edits, delivery } = fuzzCase;
  const methods = messages.map(({ method }) => method);
  const bytes = editBytes(Buffer.concat(messages.map((message) => encodeMessage(message, world))), edits);
  const startedAt = performance.now();
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  const state = { received: '', written: false, unreachable: false, hung: false };
  const endIfDone = (): void => {
    if (state.written && readAnswers(state.received, methods, false).final.length >= messages.length) {
      socket.end();
    }
  };
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      resolve();
    });
  });
  socket.on('error', (error) => {
    state.unreachable ||= 'code' in error && error.code === 'ECONNREFUSED';
  });
  socket.on('data', (chunk: Buffer) => {
    state.received += chunk.toString('latin1');
    endIfDone();
  });
  socket.once('end', () => {
    socket.end();
  });
  const deadline = setTimeout(() => {
    state.hung = true;
    socket.destroy();
  }, limitMs);
  try {
    await write(socket, bytes, delivery);
    state.written = true;
    endIfDone();
    if (delivery.kind !== 'abort' && isDoubtful(fuzzCase)) {
      await Promise.race([closed, delay(QUIET_MS)]);
      socket.end();
    }
    await closed;
  } finally {
    clearTimeout(deadline);
    socket.destroy();
  }
  return {
    ...readAnswers(state.received, methods, true),
    hung: state.hung,
    unreachable: state.unreachable,
    left: delivery.kind === 'abort',
    elapsedMs: performance.now() - startedAt,
  };
}

/** Whether the server may be waiting for more. */
function isDoubtful({ messages, edits }: FuzzCase): boolean {
  return edits.length > 0 || messages.some(({ unfinished }) => unfinished === true);
}

async function write(socket: Socket, bytes: Uint8Array, delivery: FuzzCase['delivery']): Promise<void> {
  switch (delivery.kind) {
    case 'whole':
      socket.write(bytes);
      return;
    case 'split': {
      const cuts = [0, ...delivery.cuts.map((cut) => Math.floor(cut * bytes.length)), bytes.length];
      for (const [index, cut] of cuts.slice(1).entries()) {
        if (socket.destroyed || socket.writableEnded) {
          return;
        }
        socket.write(bytes.subarray(cuts[index], cut));
        await delay(delivery.pauseMs);
      }
      return;
    }
    case 'abort': {
      const part = bytes.subarray(0, Math.ceil(delivery.after * bytes.length));
      await new Promise((resolve) => socket.write(part, resolve));
      if (delivery.how === 'reset') {
        socket.resetAndDestroy();
      } else {
        socket.end();
      }
    }
  }
}
