import { setTimeout } from 'node:timers/promises';
import { Room } from '@livekit/rtc-node';
import { interruptedByLoss, join, leave, type Access } from './joining.ts';
import { sayJoined, watch } from './watch.ts';

/** A witness: stays in the room and prints whatever happens there, until the time is over, stopped, or put out. */
export async function stay(access: Access, seconds: number, interruption: AbortSignal): Promise<void> {
  const room = new Room();
  watch(room);
  const over = interruptedByLoss(room, interruption);
  await join(room, access, over);
  for (const participant of room.remoteParticipants.values()) sayJoined(participant, true);
  await setTimeout(seconds * 1000, undefined, { signal: over }).catch(() => undefined);
  await leave(room);
}
