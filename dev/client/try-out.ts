import { setTimeout } from 'node:timers/promises';
import { Room } from '@livekit/rtc-node';
import { agentIn } from './agent-in.ts';
import { ATTEMPTS, type Attempt, type Scene } from './attempts.ts';
import { emit } from './event-line.ts';
import { interruptedByLoss, join, leave, msSince, type Access } from './joining.ts';
import { reasonOf } from './redact.ts';
import { step } from './step.ts';
import { watch } from './watch.ts';

export interface TryOptions {
  readonly attempts: readonly Attempt[];
  readonly nonce: string;
  readonly toneHz: number;
  /** How long it stays once all is tried, for others to look. */
  readonly seconds: number;
}

/**
 * Tries one thing after the other and says what the library made of it, then what it is itself by then: the library
 * takes a refusal of the server for a success now and then.
 */
export async function tryOut(access: Access, options: TryOptions, interruption: AbortSignal): Promise<void> {
  const room = new Room();
  watch(room);
  const agentIsThere = agentIn(room);
  const over = interruptedByLoss(room, interruption);
  const done = new AbortController();
  await join(room, access, over);
  try {
    const { identity: agent } = await step('agent', agentIsThere(), over);
    const self = room.localParticipant;
    if (self === undefined) throw new Error('joined as nobody');
    const until = AbortSignal.any([over, done.signal]);
    for (const attempt of options.attempts) {
      await make(attempt, { room, self, agent, nonce: options.nonce, toneHz: options.toneHz, until });
    }
    emit({ event: 'tried_all' });
    await step('stay', setTimeout(options.seconds * 1000), over);
    const { name = '', metadata, attributes } = self;
    emit({ event: 'self', name, metadata, attributes });
  } finally {
    done.abort();
    await leave(room);
  }
}

async function make(attempt: Attempt, scene: Scene): Promise<void> {
  const startedAt = performance.now();
  try {
    await step(attempt, ATTEMPTS[attempt](scene), scene.until);
    emit({ event: 'tried', what: attempt, outcome: 'done', ms: msSince(startedAt) });
  } catch (error) {
    if (scene.until.aborted) throw error;
    emit({
      event: 'tried',
      what: attempt,
      outcome: 'failed',
      reason: reasonOf(error),
      ms: msSince(startedAt),
    });
  }
}
