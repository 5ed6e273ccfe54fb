import { DisconnectReason, RoomEvent, type Room } from '@livekit/rtc-node';
import { emit } from './event-line.ts';
import { step } from './step.ts';

/** What a session start hands to a client. */
export interface Access {
  readonly url: string;
  readonly token: string;
}

/** Milliseconds since a `performance.now()`, as printed. */
export function msSince(startedAt: number): number {
  return Math.round(performance.now() - startedAt);
}

/** Joins and says so: with what the server says about room and identity, not what was asked for. */
export async function join(room: Room, access: Access, interruption: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  await step('join', room.connect(access.url, access.token), interruption);
  const roomSid = await step('join', room.getSid(), interruption);
  emit({
    event: 'joined',
    room: room.name ?? '',
    room_sid: roomSid,
    identity: room.localParticipant?.identity ?? '',
    sid: room.localParticipant?.sid ?? '',
    ms: msSince(startedAt),
  });
}

/** Leaves so that the server sees it at once instead of waiting for a timeout. */
export async function leave(room: Room): Promise<void> {
  const startedAt = performance.now();
  await room.disconnect();
  emit({ event: 'left', ms: msSince(startedAt) });
}

/** Aborts with the server's reason when the connection is lost; merged with the caller's own interruption. */
export function interruptedByLoss(room: Room, interruption: AbortSignal): AbortSignal {
  const loss = new AbortController();
  room.on(RoomEvent.Disconnected, (reason) => {
    loss.abort(new Error(`disconnected: ${DisconnectReason[reason]}`));
  });
  return AbortSignal.any([interruption, loss.signal]);
}
