import { setTimeout } from 'node:timers/promises';
import { RoomEvent, type RemoteParticipant, type Room } from '@livekit/rtc-node';
import { emit } from './event-line.ts';
import { msSince } from './joining.ts';

const ASK_TOPIC = 'lkps.echo';
const REPLY_TOPIC = 'lkps.echo.reply';
const RETRY_EVERY_MS = 500;

/**
 * Sends the nonce to the agent until the agent answers with the same bytes.
 *
 * Repeated, since an agent that has just joined may not listen yet and nothing tells when it does.
 */
export async function echoData(
  room: Room,
  agent: string,
  nonce: string,
  interruption: AbortSignal,
): Promise<void> {
  const answered = new AbortController();
  const onData = (payload: Uint8Array, from?: RemoteParticipant, _kind?: unknown, topic?: string): void => {
    if (topic !== REPLY_TOPIC || from?.identity !== agent) return;
    if (Buffer.from(payload).toString('utf8') === nonce) answered.abort();
  };
  room.on(RoomEvent.DataReceived, onData);
  try {
    await sendUntilAnswered(room, agent, nonce, answered.signal, interruption);
  } finally {
    room.off(RoomEvent.DataReceived, onData);
  }
}

/** One packet that the agent would answer. */
export async function sendData(room: Room, agent: string, nonce: string): Promise<void> {
  await room.localParticipant?.publishData(Buffer.from(nonce, 'utf8'), {
    reliable: true,
    destination_identities: [agent],
    topic: ASK_TOPIC,
  });
}

async function sendUntilAnswered(
  room: Room,
  agent: string,
  nonce: string,
  answered: AbortSignal,
  interruption: AbortSignal,
): Promise<void> {
  let sentAt = 0;
  let attempts = 0;
  answered.addEventListener('abort', () => {
    emit({ event: 'data_echoed', nonce, round_trip_ms: msSince(sentAt), attempts });
  });
  const send = async (): Promise<void> => {
    sentAt = performance.now();
    attempts += 1;
    await sendData(room, agent, nonce);
  };
  await send();
  const enough = AbortSignal.any([answered, interruption]);
  try {
    for (;;) {
      await setTimeout(RETRY_EVERY_MS, undefined, { signal: enough });
      await send();
    }
  } catch (error) {
    if (!answered.aborted) throw error;
  }
}
