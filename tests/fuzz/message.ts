import type { World } from './world.ts';

/*
 * A request as a plan: JSON, so that it can be kept in a file. Text is latin1, one character a byte, and `{{name}}` in it
 * stands for what only the running stack knows (world.ts).
 */

export type Header = readonly [name: string, value: string];

/** `must`: the contract promises success. `must_not`: it promises a refusal. `may`: it is silent. */
export type Verdict = 'must' | 'may' | 'must_not';

/** What a success would be. */
export type Operation = 'register' | 'start' | 'health' | 'webhook' | 'preflight' | 'none';

export interface Message {
  readonly operation: Operation;
  readonly verdict: Verdict;
  /** What it was made from, in words: the base, then each change. */
  readonly story: readonly string[];
  /** Set where the service keeps it, so that rows can be told apart without an answer. */
  readonly requestId?: string;
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly headers: readonly Header[];
  readonly body: string;
  readonly framing: Framing;
  /** Bytes may be left over that the server reads as one more request. */
  readonly leavesBytes?: true;
  /** The server waits for bytes that never come. */
  readonly unfinished?: true;
}

export type Framing =
  | { readonly kind: 'none' }
  /** `values`: the literal values of as many headers; default the true length. */
  | { readonly kind: 'length'; readonly values?: readonly string[]; readonly delta?: number }
  | {
      readonly kind: 'chunked';
      readonly sizes: readonly number[];
      /** The literal size line of the first chunk. */
      readonly firstSize?: string;
      /** Between the data of the first chunk and the next size. */
      readonly firstEnd?: string;
      readonly end?: string;
      readonly trailers?: readonly Header[];
      /** The literal value of transfer-encoding. */
      readonly coding?: string;
      readonly alsoLength?: true;
    };

/** The bytes of a message in a running stack. */
export function encodeMessage(message: Message, world: World): Uint8Array {
  const body = world.fill(message.body);
  const { headers, content } = frame(message.framing, body);
  const values = world.signed(body);
  const lines = [...message.headers, ...headers].map(
    ([name, value]) => `${name}: ${values.fill(value)}`.replace(/^: /, ''), // a nameless line is the whole line
  );
  const head = [`${message.method} ${world.fill(message.target)} ${message.version}`, ...lines, '', ''];
  return Buffer.from(`${head.join('\r\n')}${content}`, 'latin1');
}

function frame(
  framing: Framing,
  body: string,
): { readonly headers: readonly Header[]; readonly content: string } {
  switch (framing.kind) {
    case 'none':
      return { headers: [], content: body };
    case 'length': {
      const values = framing.values ?? [String(body.length + (framing.delta ?? 0))];
      return { headers: values.map((value) => ['content-length', value] as const), content: body };
    }
    case 'chunked': {
      const coding: Header = ['transfer-encoding', framing.coding ?? 'chunked'];
      const also: readonly Header[] =
        framing.alsoLength === true ? [['content-length', String(body.length)]] : [];
      return { headers: [coding, ...also], content: chunked(framing, body) };
    }
  }
}

function chunked(framing: Extract<Framing, { readonly kind: 'chunked' }>, body: string): string {
  const chunks: string[] = [];
  let at = 0;
  for (const size of [...framing.sizes, body.length]) {
    const data = body.slice(at, at + size);
    if (data !== '') {
      const first = chunks.length === 0;
      const line = (first ? framing.firstSize : undefined) ?? data.length.toString(16);
      chunks.push(`${line}\r\n${data}${(first ? framing.firstEnd : undefined) ?? '\r\n'}`);
    }
    at += size;
  }
  const trailers = (framing.trailers ?? []).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `${chunks.join('')}${framing.end ?? `0\r\n${trailers}\r\n`}`;
}
