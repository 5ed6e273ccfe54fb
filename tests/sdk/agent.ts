/**
 * The conformance suite's agent: written as any agent of the library is, on the SDK. Standard output: one JSON object a line
 * for what happens to it. `CONFORMANCE_LOAD=1`: it reports that it is full, and gets no job.
 */
import { fileURLToPath } from 'node:url';
import { defineAgent, Worker, type JobContext } from '../../sdk/typescript/src/index.ts';
import { echoAudio, echoData } from './echo.ts';
import { environment, probe } from './probe.ts';

const load = Number(process.env['CONFORMANCE_LOAD'] ?? '0');
const EVENTS = ['accessToken', 'registered', 'connected', 'renewed', 'notRenewed', 'stopping'] as const;

/** One write, so that lines of several processes never mix. */
function say(event: string, facts: object = {}): void {
  process.stdout.write(`${JSON.stringify({ event, ...facts })}\n`);
}

export default defineAgent({
  entry: async (ctx: JobContext) => {
    const job = { room: ctx.job.room?.name, job_id: ctx.job.id, pid: process.pid };
    ctx.addShutdownCallback(() => {
      say('job_ended', job);
      return Promise.resolve();
    });
    echoData(ctx.room);
    echoAudio(ctx.room);
    await ctx.connect();
    say('job_started', job);
    if (ctx.job.metadata === 'probe') {
      say('environment', environment());
      say('probed', { answers: await probe(ctx) });
    }
  },
});

const worker = new Worker({
  agent: fileURLToPath(import.meta.url),
  loadFunc: () => Promise.resolve(load),
  loadThreshold: 0.7,
  numIdleProcesses: 1,
  initializeProcessTimeout: 60_000,
  host: '127.0.0.1',
  port: Number(process.env['CONFORMANCE_PORT']),
});
for (const name of EVENTS) {
  worker.on(name, (...facts: readonly unknown[]) => {
    say(snakeCase(name), { facts });
  });
}
worker.run();

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
