import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { recordOf } from '../../dev/platform-client.ts';

const SAMPLE_RATE = 24_000;
const SPEECH_SECONDS = 0.4;
/** What the stand-in takes for a key; it goes nowhere else. */
export const PROVIDER_KEY = 'not-a-real-key';

export interface Provider {
  /** As `OPENAI_BASE_URL`. */
  readonly url: string;
  /** Paths that were asked, each with the key that was shown. */
  readonly asked: readonly string[];
  readonly close: () => Promise<void>;
}

/**
 * On loopback, what examples/agents/migration asks of a provider of models: asked about an order it calls `order_state`, and
 * says what that answered; its speech is a short hum.
 */
export async function startProvider(): Promise<Provider> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(
      `${path} ${request.headers.authorization === `Bearer ${PROVIDER_KEY}` ? 'with' : 'without'} its key`,
    );
    answer(path, request).then(
      ({ type, body }) => response.writeHead(200, { 'content-type': type }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

interface Content {
  readonly type: string;
  readonly body: string | Uint8Array;
}

async function answer(path: string, request: IncomingMessage): Promise<Content> {
  const asked = await buffer(request);
  switch (path) {
    case '/v1/chat/completions':
      return { type: 'text/event-stream', body: completion(recordOf(JSON.parse(asked.toString('utf8')))) };
    case '/v1/audio/speech':
      return { type: 'audio/pcm', body: hum() };
    default:
      throw new Error(path);
  }
}

function completion({ messages }: Readonly<Record<string, unknown>>): string {
  const { role, content } = recordOf(Array.isArray(messages) ? messages.at(-1) : undefined);
  const text = JSON.stringify(content);
  const delta =
    role === 'tool'
      ? { role: 'assistant', content: `Your order is ${text.replaceAll(/[\\"]/g, '')}.` }
      : { role: 'assistant', tool_calls: [toolCall(/\d+/.exec(text)?.[0] ?? '')] };
  const chunk = (choice: object): string =>
    `data: ${JSON.stringify({ id: 'chat-1', object: 'chat.completion.chunk', created: 1, model: 'stand-in', choices: [choice] })}\n\n`;
  const finish = role === 'tool' ? 'stop' : 'tool_calls';
  return [
    chunk({ index: 0, delta, finish_reason: null }),
    chunk({ index: 0, delta: {}, finish_reason: finish }),
    'data: [DONE]\n\n',
  ].join('');
}

function toolCall(number: string): object {
  const call = { name: 'order_state', arguments: JSON.stringify({ number }) };
  return { index: 0, id: 'call_1', type: 'function', function: call };
}

/** Raw samples, 16 bits. */
function hum(): Uint8Array {
  const samples = Int16Array.from({ length: SAMPLE_RATE * SPEECH_SECONDS }, (_, index) =>
    Math.round(8000 * Math.sin((2 * Math.PI * 220 * index) / SAMPLE_RATE)),
  );
  return new Uint8Array(samples.buffer);
}
