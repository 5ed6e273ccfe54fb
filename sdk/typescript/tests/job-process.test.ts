import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PRELOAD = new URL('../src/job-process.ts', import.meta.url).href;
/** As upstream's own: answers once it has loaded, and then to each message. */
const PROGRAM = `
process.on('message', () => process.send('here'));
process.send('loaded');
`;

/** A process for jobs whose agent's file still loads: upstream has not yet said what it does at a signal. */
describe('a process for jobs', { timeout: 90_000 }, () => {
  let folder: string;
  let job: ChildProcess;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lkps-job-'));
    await mkdir(join(folder, 'ipc'));
    const program = join(folder, 'ipc/job_proc_lazy_main.mjs');
    await writeFile(program, PROGRAM);
    job = fork(program, { execArgv: ['--import', PRELOAD], stdio: 'ignore' });
    await once(job, 'message');
  }, 60_000);
  afterAll(async () => {
    job.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  it("stays at a terminal's signals: it is the agent that ends it", async () => {
    job.kill('SIGINT');
    job.kill('SIGTERM');
    job.send('there?');
    expect(await once(job, 'message')).toEqual(['here', undefined]);
    expect([job.exitCode, job.signalCode]).toEqual([null, null]);
  });

  it('ends when the agent is gone', async () => {
    job.disconnect();
    expect(await once(job, 'exit')).toEqual([null, 'SIGKILL']);
  });
});
