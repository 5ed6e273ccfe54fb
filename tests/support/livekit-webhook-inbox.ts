import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { listenOnLoopback } from './http-loopback.ts';

/** One delivery of a webhook, as it came over the wire. */
export interface Delivery {
  readonly body: Uint8Array;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
}

export interface WebhookInbox {
  readonly url: string;
  /** The first delivery, past or to come, whose body has the text in it. */
  readonly next: (text: string) => Promise<Delivery>;
  readonly close: () => Promise<void>;
}

/** Receives LiveKit's webhooks and keeps their bytes. */
export async function openWebhookInbox(): Promise<WebhookInbox> {
  const deliveries: Delivery[] = [];
  const arrivals = new EventTarget();
  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const { authorization, 'content-type': contentType } = request.headers;
      deliveries.push({ body, authorization, contentType });
      arrivals.dispatchEvent(new Event('delivery'));
      response.end();
    });
  });
  const { port, close } = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}/webhook`,
    next: async (text) => {
      for (;;) {
        const found = deliveries.find(({ body }) => Buffer.from(body).includes(text));
        if (found !== undefined) {
          return found;
        }
        await once(arrivals, 'delivery', { signal: AbortSignal.timeout(30_000) });
      }
    },
    close,
  };
}

async function readAll(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
