import type { Answer } from './answer.ts';
import type { FuzzCase } from './fuzz-case.ts';
import type { Message } from './message.ts';

/** The same order on both sides: the n-th answer is that to the n-th request. */
export interface Attributed {
  readonly answers: readonly (readonly [message: Message, answer: Answer | undefined])[];
  /** More answers than requests. */
  readonly extra: readonly Answer[];
}

/** What Node says of bytes that are no request. */
const NO_REQUEST = [400, 413, 431];

/**
 * With one exception. Node refuses bytes that are no request the moment it reads them, in place of whatever it is still
 * working on. Where there may be a request in front of such bytes it cannot be told what was refused, so it counts as the
 * answer to none.
 */
export function attribute({ messages, edits }: FuzzCase, final: readonly Answer[]): Attributed {
  const last = final.at(-1);
  const isAmbiguous = edits.length > 0 || messages.length > 1;
  const early =
    isAmbiguous &&
    final.length <= messages.length &&
    last !== undefined &&
    isOfNode(last) &&
    NO_REQUEST.includes(last.status);
  const told = early ? final.slice(0, -1) : final;
  return {
    answers: messages.map((message, index) => [message, told[index]]),
    extra: final.slice(messages.length),
  };
}

/** The status and nothing else: made before any code of the service saw the request. */
export function isOfNode({ headers }: Answer): boolean {
  return !headers.has('x-request-id');
}
