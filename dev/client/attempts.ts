import type { LocalParticipant, Room } from '@livekit/rtc-node';
import { TrackSource } from '@livekit/rtc-node';
import { AudioEcho } from './audio-echo.ts';
import { echoData, sendData } from './data-echo.ts';
import { publishPicture } from './picture-source.ts';
import { publishMicrophone } from './tone-source.ts';

/** Where an attempt is made, and with what. */
export interface Scene {
  readonly room: Room;
  readonly self: LocalParticipant;
  /** Identity of the agent. */
  readonly agent: string;
  readonly nonce: string;
  readonly toneHz: number;
  readonly until: AbortSignal;
}

/**
 * What a participant can try. Each resolves once the library calls it done; `echo` and `tone` once the agent has answered.
 *
 * The library calls much done that the server refuses: others in the room tell.
 */
export const ATTEMPTS = {
  data: ({ room, agent, nonce }) => sendData(room, agent, nonce),
  echo: ({ room, agent, nonce, until }) => echoData(room, agent, nonce, until),
  text: async ({ self, nonce }) => {
    await self.sendText(nonce, { topic: 'lkps.text' });
  },
  name: ({ self, nonce }) => self.updateName(nonce),
  metadata: ({ self, nonce }) => self.updateMetadata(nonce),
  attributes: ({ self, nonce }) => self.setAttributes({ 'lkps.user_id': nonce, desk: nonce }),
  microphone: async ({ room }) => {
    await publishMicrophone(room);
  },
  tone: ({ room, toneHz, until }) => new AudioEcho(room, toneHz).run(until),
  camera: ({ self, until }) => publishPicture(self, TrackSource.SOURCE_CAMERA, until),
  screen_share: ({ self, until }) => publishPicture(self, TrackSource.SOURCE_SCREENSHARE, until),
} satisfies Record<string, (scene: Scene) => Promise<void>>;

export type Attempt = keyof typeof ATTEMPTS;

export function isAttempt(text: string): text is Attempt {
  return Object.hasOwn(ATTEMPTS, text);
}
