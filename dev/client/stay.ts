import { setTimeout } from 'node:timers/promises';
import { Room, RoomEvent, type RemoteParticipant } from '@livekit/rtc-node';
import { keepAsking } from './keep-asking.ts';
import { interruptedByLoss, join, leave, type Access } from './joining.ts';
import { sayJoined, watch } from './watch.ts';

export interface StayOptions {
  readonly seconds: number;
  /** Whether it asks the agent for echoes all the time. */
  readonly asks: boolean;
}

/** A witness: stays in the room and prints whatever happens there, until the time is over, stopped, or put out. */
export async function stay(
  access: Access,
  { seconds, asks }: StayOptions,
  interruption: AbortSignal,
): Promise<void> {
  const room = new Room();
  watch(room);
  const told = new Set<string>();
  room.on(RoomEvent.ParticipantConnected, ({ identity }: RemoteParticipant) => told.add(identity));
  const ask = keepAsking(room);
  const over = interruptedByLoss(room, interruption);
  await join(room, access, over);
  for (const participant of room.remoteParticipants.values()) {
    if (!told.has(participant.identity)) sayJoined(participant, true); // one may have come while this one did
  }
  if (asks) void ask(over).catch(() => undefined); // what is lost shows: no echo
  await setTimeout(seconds * 1000, undefined, { signal: over }).catch(() => undefined);
  await leave(room);
}
