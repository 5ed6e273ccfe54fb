import type { Change } from './change.ts';
import type { Message } from './message.ts';
import type { Random } from './random.ts';

/** GUIDs that are not known yet. */
export const GUIDS = /\{\{[a-z.-]+\}\}/g;

/** Read as JSON by somebody. */
const isRead = ({ operation, body }: Message): boolean =>
  (operation === 'start' || operation === 'register') && body !== '';

/** A change of the body alone, of a request whose body is read as JSON. */
export const changedText = (
  name: string,
  effect: Change['effect'],
  apply: (body: string, random: Random) => string,
  more: Partial<Change> = {},
): Change => ({
  name,
  effect,
  applies: isRead,
  ...more,
  apply: (message, random) => ({ body: apply(message.body, random) }),
});
