import { randomUUID } from 'node:crypto';
import { DEFAULT_API_CONNECT_OPTIONS, llm } from '@livekit-platform/agents';

export type Answer = string | llm.FunctionCall;
export type Script = (chat: llm.ChatContext) => Answer;
type ChatOptions = Parameters<llm.LLM['chat']>[0];

/** The answer that calls a function tool. */
export function call(name: string, args: object = {}): llm.FunctionCall {
  return llm.FunctionCall.create({ callId: randomUUID(), name, args: JSON.stringify(args) });
}

/** What the tool said that was called last, if nothing came after it; the library passes it on as JSON. */
export function resultOfTool(chat: llm.ChatContext): string | undefined {
  const last = chat.items.at(-1);
  return last?.type === 'function_call_output' ? String(JSON.parse(last.output)) : undefined;
}

/** What the user said last. */
export function wordsOfUser(chat: llm.ChatContext): string {
  const said = chat.items.findLast((item) => item.type === 'message' && item.role === 'user');
  return said?.type === 'message' ? (said.textContent ?? '') : '';
}

/** A language model that needs no account: a script decides what it answers. A provider's model goes in its place. */
export class ScriptedLLM extends llm.LLM {
  readonly #script: Script;

  constructor(script: Script) {
    super();
    this.#script = script;
  }

  override label(): string {
    return 'scripted';
  }

  override chat({ connOptions = DEFAULT_API_CONNECT_OPTIONS, ...options }: ChatOptions): llm.LLMStream {
    return new ScriptedStream(this, this.#script(options.chatCtx), { ...options, connOptions });
  }
}

class ScriptedStream extends llm.LLMStream {
  readonly #answer: Answer;

  constructor(model: llm.LLM, answer: Answer, options: ConstructorParameters<typeof llm.LLMStream>[1]) {
    super(model, options);
    this.#answer = answer;
  }

  protected override run(): Promise<void> {
    const said = typeof this.#answer === 'string' ? { content: this.#answer } : { toolCalls: [this.#answer] };
    this.queue.put({ id: randomUUID(), delta: { role: 'assistant', ...said } });
    return Promise.resolve();
  }
}
