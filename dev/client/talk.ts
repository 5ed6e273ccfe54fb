import { Room } from '@livekit/rtc-node';
import { agentIn } from './agent-in.ts';
import { AudioEcho } from './audio-echo.ts';
import { echoData } from './data-echo.ts';
import { emit } from './event-line.ts';
import { interruptedByLoss, join, leave, msSince, type Access } from './joining.ts';
import { step } from './step.ts';

export interface TalkOptions {
  readonly nonce: string;
  readonly toneHz: number;
}

/** A whole conversation with the echo agent: data and sound go there and come back, or it rejects with the step that failed. */
export async function talk(access: Access, options: TalkOptions, interruption: AbortSignal): Promise<void> {
  const room = new Room();
  const agentIsThere = agentIn(room);
  const either = interruptedByLoss(room, interruption);
  await join(room, access, either);
  try {
    const waitingSince = performance.now();
    const agent = await step('agent', agentIsThere(), either);
    emit({ event: 'agent_joined', identity: agent.identity, ms: msSince(waitingSince) });
    emit({ event: 'publishing', tone_hz: options.toneHz });
    const audio = new AudioEcho(room, options.toneHz);
    await Promise.all([
      step('data', echoData(room, agent.identity, options.nonce, either), either),
      step('audio', audio.run(either), either, () => audio.lastHeard),
    ]);
  } finally {
    await leave(room);
  }
}
