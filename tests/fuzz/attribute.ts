import type { Answer } from './answer.ts';
import type { FuzzCase } from './fuzz-case.ts';
import type { Message } from './message.ts';

/** The same order on both sides: the n-th answer is that to the n-th request. */
export interface Attributed {
  readonly answers: readonly (readonly [message: Message, answer: Answer | undefined])[];
  /** More answers than requests. */
  readonly extra: readonly Answer[];
}

export function attribute({ messages }: FuzzCase, final: readonly Answer[]): Attributed {
  return {
    answers: messages.map((message, index) => [message, final[index]]),
    extra: final.slice(messages.length),
  };
}

/** The status and nothing else: made before any code of the service saw the request. */
export function isOfNode({ headers }: Answer): boolean {
  return !headers.has('x-request-id');
}
