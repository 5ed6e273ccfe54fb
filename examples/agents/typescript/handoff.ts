/** Two agents in one session: a reception that hands the client to an expert, and an expert that hands back. */
import { fileURLToPath } from 'node:url';
import { defineAgent, llm, voice, Worker, type JobContext } from '@livekit-platform/agents';
import { call, ScriptedLLM, wordsOfUser, type Answer } from './scripted-llm.ts';

const toExpert = llm.tool({
  name: 'to_expert',
  description: 'Hands the client to the expert for soil.',
  execute: () => Promise.resolve(llm.handoff({ agent: new SoilExpert() })),
});

const toReception = llm.tool({
  name: 'to_reception',
  description: 'Hands the client back to the reception.',
  execute: () => Promise.resolve(llm.handoff({ agent: new Reception() })),
});

class Reception extends voice.Agent {
  constructor() {
    super({
      instructions: 'You find out whom a client needs.',
      llm: new ScriptedLLM(receptionScript),
      tools: [toExpert],
    });
  }

  override onEnter(): Promise<void> {
    this.session.say('This is the reception. Is it about soil?');
    return Promise.resolve();
  }
}

class SoilExpert extends voice.Agent {
  constructor() {
    super({
      instructions: 'You answer questions about soil.',
      llm: new ScriptedLLM(expertScript),
      tools: [toReception],
    });
  }

  override onEnter(): Promise<void> {
    this.session.say('This is the expert for soil.');
    return Promise.resolve();
  }
}

function receptionScript(chat: llm.ChatContext): Answer {
  return wordsOfUser(chat).includes('soil') ? call('to_expert') : 'I can hand you to our expert for soil.';
}

function expertScript(chat: llm.ChatContext): Answer {
  return wordsOfUser(chat).includes('back') ? call('to_reception') : 'Loose soil holds more water.';
}

async function entry(ctx: JobContext): Promise<void> {
  await ctx.connect();
  await ctx.waitForParticipant(); // the agent may be there first, and would greet nobody
  const session = new voice.AgentSession();
  await session.start({
    agent: new Reception(),
    room: ctx.room,
    inputOptions: { audioEnabled: false },
    outputOptions: { audioEnabled: false },
  });
}

export default defineAgent({ entry });

new Worker({ agent: fileURLToPath(import.meta.url) }).run();
