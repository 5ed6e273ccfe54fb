/** Answers in writing what the temperature of a greenhouse is: the model calls a function tool to know. */
import { fileURLToPath } from 'node:url';
import { defineAgent, llm, voice, Worker, type JobContext } from '@livekit-platform/agents';
import { z } from 'zod';
import { call, resultOfTool, ScriptedLLM, wordsOfUser, type Answer } from './scripted-llm.ts';

const TEMPERATURES = new Map([
  ['A', 21.5],
  ['B', 18],
]);

const temperature = llm.tool({
  name: 'temperature',
  description: 'Reads the thermometer of a greenhouse.',
  parameters: z.object({ greenhouse: z.string().describe('Its letter.') }),
  execute: ({ greenhouse }) => {
    const degrees = TEMPERATURES.get(greenhouse);
    return Promise.resolve(degrees === undefined ? 'no such greenhouse' : `${degrees.toFixed(1)} degrees`);
  },
});

class Gardener extends voice.Agent {
  constructor() {
    super({ instructions: 'You know the temperatures of the greenhouses A and B.', tools: [temperature] });
  }

  override onEnter(): Promise<void> {
    this.session.say('Which greenhouse is it about, A or B?');
    return Promise.resolve();
  }
}

function script(chat: llm.ChatContext): Answer {
  const measured = resultOfTool(chat);
  if (measured !== undefined) return `The thermometer says: ${measured}.`;
  const [, asked] = /\b([A-Z])\b/.exec(wordsOfUser(chat)) ?? [];
  return asked === undefined
    ? 'Please name a greenhouse by its letter.'
    : call('temperature', { greenhouse: asked });
}

async function entry(ctx: JobContext): Promise<void> {
  await ctx.connect();
  await ctx.waitForParticipant(); // the agent may be there first, and would greet nobody
  const session = new voice.AgentSession({ llm: new ScriptedLLM(script) });
  await session.start({
    agent: new Gardener(),
    room: ctx.room,
    // In writing: text streams in, transcriptions out, no sound.
    inputOptions: { audioEnabled: false },
    outputOptions: { audioEnabled: false },
  });
}

export default defineAgent({ entry });

new Worker({ agent: fileURLToPath(import.meta.url) }).run();
