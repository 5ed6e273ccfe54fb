import type { CDPSession } from 'playwright-core';

/** One request that the browser put on the wire; a preflight is one too, with the method OPTIONS. */
export interface Traffic {
  readonly method: string;
  readonly url: string;
  /** Lower-case names, cookies included where one was sent. */
  readonly sent: Readonly<Record<string, string>>;
  /** Of the answer, where there is one yet. */
  readonly status: number | undefined;
  readonly received: Readonly<Record<string, string>>;
}

type Headers = Readonly<Record<string, string>>;

/**
 * In the order of sending, through the browser's own debugging protocol: it knows the headers that no script sees.
 * What a page asked for and the browser did not send, because a preflight failed, is not among it.
 */
export async function watchTraffic(session: CDPSession): Promise<() => readonly Traffic[]> {
  const asked = new Map<string, { readonly method: string; readonly url: string }>();
  const sent = new Map<string, Headers>();
  const received = new Map<string, { readonly status: number; readonly headers: Headers }>();
  session.on('Network.requestWillBeSent', ({ requestId, request: { method, url } }) => {
    asked.set(requestId, { method, url });
  });
  session.on('Network.requestWillBeSentExtraInfo', ({ requestId, headers }) => {
    sent.set(requestId, lowerCase(headers));
  });
  session.on('Network.responseReceivedExtraInfo', ({ requestId, statusCode, headers }) => {
    received.set(requestId, { status: statusCode, headers: lowerCase(headers) });
  });
  await session.send('Network.enable');
  return () =>
    [...sent].flatMap(([id, headers]) => {
      const request = asked.get(id);
      const answer = received.get(id);
      return request === undefined
        ? []
        : [{ ...request, sent: headers, status: answer?.status, received: answer?.headers ?? {} }];
    });
}

function lowerCase(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
