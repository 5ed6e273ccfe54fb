/** Preloaded everywhere (NODE_OPTIONS): a process for jobs takes its time to load, as on a busy machine. Ends by itself. */
import { writeSync } from 'node:fs';

const SLOW_MS = 100_000;

if (/job_proc_lazy_main/.test(process.argv[1] ?? '')) {
  tell('job process');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SLOW_MS);
  tell('job process loaded');
}

function tell(told) {
  writeSync(1, `${JSON.stringify({ told, process: process.pid })}\n`);
}
