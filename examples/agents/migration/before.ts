/** A voice assistant of a mail-order shop, made of the library's usual parts. */
import { fileURLToPath } from 'node:url';
import {
  cli,
  defineAgent,
  inference,
  llm,
  log,
  ServerOptions,
  voice,
  type JobContext,
  type JobProcess,
} from '@livekit/agents';
import * as openai from '@livekit/agents-plugin-openai';
import { RoomEvent } from '@livekit/rtc-node';
import { z } from 'zod';

const ORDERS = new Map([
  ['17', 'on its way'],
  ['18', 'being packed'],
]);

interface Prepared {
  vad?: inference.VAD;
}

const orderState = llm.tool({
  name: 'order_state',
  description: 'Looks up where an order is.',
  parameters: z.object({ number: z.string().describe("The order's number.") }),
  execute: ({ number }) => Promise.resolve(ORDERS.get(number) ?? 'not known'),
});

class Assistant extends voice.Agent {
  constructor() {
    super({ instructions: 'You help the customers of a mail-order shop. Be brief.', tools: [orderState] });
  }

  override onEnter(): Promise<void> {
    this.session.say('Hello, which order is it about?');
    return Promise.resolve();
  }
}

async function entry(ctx: JobContext<Prepared>): Promise<void> {
  const session = new voice.AgentSession({
    ...ctx.proc.userData,
    stt: new openai.STT({ useRealtime: false }),
    llm: new openai.LLM({ model: 'gpt-4o-mini' }),
    tts: new openai.TTS(),
  });
  ctx.addShutdownCallback(() => {
    log().info(`the session had ${session.history.items.length} items`);
    return Promise.resolve();
  });
  ctx.room.on(RoomEvent.ParticipantDisconnected, ({ identity }) => {
    log().info(`${identity} has left`);
  });
  await session.start({ agent: new Assistant(), room: ctx.room });
  await ctx.connect();
}

export default defineAgent({
  prewarm: (proc: JobProcess<Prepared>) => {
    proc.userData.vad = new inference.VAD();
  },
  entry,
});

cli.runApp(new ServerOptions({ agent: fileURLToPath(import.meta.url), agentName: 'shop-assistant' }));
