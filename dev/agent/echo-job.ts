import { createHash } from 'node:crypto';
import type { Room } from '@livekit/rtc-node';
import { defineAgent, type JobContext } from '../../sdk/typescript/src/index.ts';
import { AudioEcho } from './audio-echo.ts';
import { DataEcho } from './data-echo.ts';
import { emit } from './event-line.ts';
import { sessionParticipant } from './session-participant.ts';
import { sayWhatIsSeen, sayWhoIsServed } from './witness.ts';

/** One job: answers the session's participant with its own data and its own sound until the room ends. */
async function entry(context: JobContext): Promise<void> {
  const { room, job } = context;
  const facts = {
    room: job.room?.name ?? '',
    job_id: job.id,
    request_id: job.attributes['lkps.request_id'] ?? null,
  };
  context.addShutdownCallback(() => {
    emit({ event: 'job_ended', ...facts });
    return Promise.resolve();
  });
  const data = new DataEcho(room);
  const audio = new AudioEcho(room);
  sayWhatIsSeen(room);
  await context.connect();
  await tellState(room, 'initializing');
  emit({ event: 'job_started', ...facts, ...digest(job.metadata) });
  await Promise.all([
    audio.publish(),
    sessionParticipant(room).then((identity) => {
      data.serve(identity);
      sayWhoIsServed(room, identity);
    }),
  ]);
  await tellState(room, 'listening');
}

/** As `AgentSession` of the library does, for whoever shows what the agent is about. */
async function tellState(room: Room, state: 'initializing' | 'listening'): Promise<void> {
  await room.localParticipant?.setAttributes({ 'lk.agent.state': state });
}

function digest(metadata: string): { readonly metadata_bytes: number; readonly metadata_sha256: string } {
  const bytes = Buffer.from(metadata, 'utf8');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { metadata_bytes: bytes.length, metadata_sha256: sha256 };
}

/** The worker library loads a job file by its default export. */
export default defineAgent({ entry });
