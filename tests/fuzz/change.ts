import type { Message, Verdict } from './message.ts';
import type { Random } from './random.ts';

/** `keeps`: whatever was promised is still promised. `breaks`: from now on a refusal is. `may`: no promise of success. */
export type Effect = 'keeps' | 'breaks' | 'may';

/** One way of changing a request. What it does to the outcome is said here, from the contract, not asked of the service. */
export interface Change {
  readonly name: string;
  readonly effect: Effect | ((message: Message) => Effect);
  /** Default 1. */
  readonly weight?: number;
  readonly applies?: (message: Message) => boolean;
  readonly apply: (message: Message, random: Random) => Partial<Message>;
}

export function applyOne(changes: readonly Change[], message: Message, random: Random): Message {
  const possible = changes
    .filter(({ applies }) => applies?.(message) ?? true)
    .map((change) => ({ change, weight: change.weight ?? 1 }));
  if (possible.length === 0) {
    return message;
  }
  const { change } = random.weighted(possible);
  const effect = typeof change.effect === 'function' ? change.effect(message) : change.effect;
  return {
    ...message,
    ...change.apply(message, random),
    verdict: verdictAfter(message.verdict, effect),
    story: [...message.story, change.name],
  };
}

function verdictAfter(verdict: Verdict, effect: Effect): Verdict {
  if (effect === 'breaks' || verdict === 'must_not') {
    return 'must_not';
  }
  return effect === 'keeps' ? verdict : 'may';
}

export function hasBody(message: Message): boolean {
  return message.body !== '';
}

/** Whether the service has to know who is calling. */
export function needsIdentity({ operation }: Message): boolean {
  return operation === 'register' || operation === 'start';
}
