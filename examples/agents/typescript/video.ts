/** Looks at the client's camera and says in writing what colour it sees. */
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { defineAgent, llm, voice, Worker, type JobContext } from '@livekit-platform/agents';
import {
  ParticipantKind,
  RemoteVideoTrack,
  RoomEvent,
  VideoBufferType,
  VideoStream,
  type Room,
  type VideoFrame,
} from '@livekit/rtc-node';
import { call, resultOfTool, ScriptedLLM, type Answer } from './scripted-llm.ts';

type Rgb = readonly [number, number, number];

const COLOURS: Readonly<Record<string, Rgb>> = {
  red: [255, 0, 0],
  green: [0, 255, 0],
  blue: [0, 0, 255],
  white: [255, 255, 255],
  grey: [128, 128, 128],
  black: [0, 0, 0],
};

const FIRST_PICTURE_MS = 10_000;

/** The newest picture of the client's camera. A model that sees gets it by `llm.createImageContent({ image })`. */
class Camera {
  #newest: VideoFrame | undefined;
  readonly #first: Promise<void>;

  constructor(room: Room) {
    this.#first = new Promise((resolve) => {
      room.on(RoomEvent.TrackSubscribed, (track, _publication, client) => {
        const isClient = client.kind === ParticipantKind.STANDARD;
        if (isClient && track instanceof RemoteVideoTrack) void this.#watch(track, resolve);
      });
    });
  }

  /** Waits for the first one, since words may come before it; undefined where there is no camera. */
  async picture(): Promise<VideoFrame | undefined> {
    await Promise.race([this.#first, delay(FIRST_PICTURE_MS, undefined, { ref: false })]);
    return this.#newest;
  }

  async #watch(track: RemoteVideoTrack, sees: () => void): Promise<void> {
    for await (const { frame } of new VideoStream(track)) {
      this.#newest = frame;
      sees();
    }
  }
}

class Observer extends voice.Agent {
  constructor(camera: Camera) {
    const look = llm.tool({
      name: 'look',
      description: "Looks at the newest picture of the client's camera.",
      execute: async () => describe(await camera.picture()),
    });
    super({ instructions: 'You say what you see.', tools: [look] });
  }
}

function describe(frame: VideoFrame | undefined): string {
  if (frame === undefined) return 'no camera';
  return `mostly ${colourOf(frame)}, ${frame.width} x ${frame.height}`;
}

function colourOf(frame: VideoFrame): string {
  const { data } = frame.convert(VideoBufferType.RGBA);
  const mean = [0, 1, 2].map(
    (channel) =>
      data.reduce((sum, value, at) => (at % 4 === channel ? sum + value : sum), 0) / (data.length / 4),
  );
  const distance = (rgb: Rgb): number =>
    Math.hypot(...rgb.map((value, channel) => value - (mean[channel] ?? 0)));
  const [[nearest] = ['']] = Object.entries(COLOURS).toSorted(([, a], [, b]) => distance(a) - distance(b));
  return nearest;
}

function script(chat: llm.ChatContext): Answer {
  const seen = resultOfTool(chat);
  return seen === undefined ? call('look') : `I see: ${seen}.`;
}

async function entry(ctx: JobContext): Promise<void> {
  const camera = new Camera(ctx.room);
  await ctx.connect();
  await ctx.waitForParticipant(); // the agent may be there first
  const session = new voice.AgentSession({ llm: new ScriptedLLM(script) });
  await session.start({
    agent: new Observer(camera),
    room: ctx.room,
    inputOptions: { audioEnabled: false },
    outputOptions: { audioEnabled: false },
  });
}

export default defineAgent({ entry });

new Worker({ agent: fileURLToPath(import.meta.url) }).run();
