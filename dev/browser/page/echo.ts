import { type RemoteParticipant, type Room, RoomEvent } from 'livekit-client';

const ASK_TOPIC = 'lkps.echo';
const REPLY_TOPIC = 'lkps.echo.reply';
const RETRY_EVERY_MS = 500;

/** Sends the message until the echo agent answers it: an agent that has just joined may not listen yet. */
export async function echoed(room: Room, agent: RemoteParticipant, message: string): Promise<string> {
  const answer = new Promise<string>((resolve) => {
    room.on(RoomEvent.DataReceived, (payload, from, _kind, topic) => {
      if (topic === REPLY_TOPIC && from?.identity === agent.identity) {
        resolve(new TextDecoder().decode(payload));
      }
    });
  });
  const send = (): void => {
    const options = { reliable: true, destinationIdentities: [agent.identity], topic: ASK_TOPIC };
    void room.localParticipant.publishData(new TextEncoder().encode(message), options);
  };
  const repeating = setInterval(send, RETRY_EVERY_MS);
  send();
  return answer.finally(() => {
    clearInterval(repeating);
  });
}
