/**
 * A client for the examples: starts a session with an agent and talks to it in writing.
 *
 * `node chat.ts [--camera red|green|blue] [--tone] [words]`: says the words, waits for the answer and leaves; without words it says
 * what is typed, line by line. `--tone` sounds in place of words. The client is the application of AZURE_*; the agent is AGENT_ID,
 * or that same application.
 */
import './chat-quiet.ts';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { dispose, ParticipantKind, Room, RoomEvent } from '@livekit/rtc-node';
import { pitchOf, showColour, soundTone } from './chat-media.ts';
import { startSession } from './chat-session.ts';

const TIMEOUT_MS = 60_000;
const SILENCE_MS = 3000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { camera: { type: 'string' }, tone: { type: 'boolean', default: false } },
});
const words = positionals.join(' ');

const room = new Room();
let onText = (): void => undefined;
room.registerTextStreamHandler('lk.transcription', (reader, { identity }) => {
  void reader.readAll().then((text) => {
    if (identity === room.localParticipant?.identity) return;
    say(`agent: ${text}`);
    onText();
  });
});
/** By its state, of which a change can be missed while several follow each other; whoever greeted listens a while later too. */
const agentListens = new Promise<void>((resolve) => {
  onText = () => void setTimeout(resolve, SILENCE_MS);
  const look = (): void => {
    for (const { kind, attributes } of room.remoteParticipants.values())
      if (kind === ParticipantKind.AGENT && attributes['lk.agent.state'] === 'listening') resolve();
  };
  room.on(RoomEvent.ParticipantConnected, look);
  room.on(RoomEvent.ParticipantAttributesChanged, look);
});

const session = await startSession();
const pitch = pitchOf(room);
await room.connect(session.url, session.token, { autoSubscribe: true, dynacast: false });
say(`in room ${room.name ?? ''}`);
if (values.camera !== undefined) await showColour(room, values.camera);
if (values.tone) {
  await soundTone(room);
  say(`agent sounds at ${String(await within(pitch))} Hz`);
} else {
  await within(agentListens);
  if (words === '') for await (const line of createInterface({ input: process.stdin })) await write(line);
  else await within(answerTo(words));
}
await room.disconnect();
await dispose();
process.exit();

/** Until the agent has been silent for a while: a greeting may still be on its way. */
async function answerTo(text: string): Promise<void> {
  await write(text);
  await new Promise<void>((resolve) => {
    let silence: NodeJS.Timeout | undefined;
    onText = () => {
      clearTimeout(silence);
      silence = setTimeout(resolve, SILENCE_MS);
    };
  });
}

async function write(text: string): Promise<void> {
  await room.localParticipant?.sendText(text, { topic: 'lk.chat' });
}

async function within<T>(wanted: Promise<T>): Promise<T> {
  const timer = setTimeout(() => {
    process.stderr.write(`nothing from the agent within ${TIMEOUT_MS / 1000} s\n`);
    process.exit(1);
  }, TIMEOUT_MS);
  const got = await wanted;
  clearTimeout(timer);
  return got;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
