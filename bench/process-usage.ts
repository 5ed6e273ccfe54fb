import { readFileSync } from 'node:fs';

/** Of /proc/<pid>/stat (proc(5)): utime and stime, in ticks of a hundredth of a second on Linux. */
const [UTIME, STIME] = [14, 15];
const TICK_MS = 10;

/** Processor time that a process has used so far, in ms. */
export function processorMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name may hold anything
  return TICK_MS * (Number(fields[UTIME - 3]) + Number(fields[STIME - 3]));
}

/** Memory that a process holds, in MiB. */
export function residentMib(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}
