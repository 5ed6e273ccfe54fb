import { setTimeout } from 'node:timers/promises';
import type { Room } from '@livekit/rtc-node';
import { agentIn } from './agent-in.ts';
import { sendData } from './data-echo.ts';

const EVERY_MS = 250;

/** Asks the agent for one echo after the other, numbered, until it is over. What comes back is printed by `watch`. */
export function keepAsking(room: Room): (over: AbortSignal) => Promise<void> {
  const agentIsThere = agentIn(room);
  return async (over) => {
    const { identity } = await agentIsThere();
    for (let number = 1; !over.aborted; number += 1) {
      await sendData(room, identity, String(number));
      await setTimeout(EVERY_MS, undefined, { signal: over }).catch(() => undefined);
    }
  };
}
