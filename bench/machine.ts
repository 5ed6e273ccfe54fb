import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';

export interface Machine {
  /** Over the last minute, when the run began. */
  readonly load: number;
  /** Share of processor time that the host gave to somebody else during the run. */
  readonly steal_percent: number;
}

/** Begins to watch the machine; call the result when the run is over. */
export function watchMachine(): () => Machine {
  const load = loadavg()[0] ?? Number.NaN;
  const before = readTimes();
  return () => {
    const after = readTimes();
    const total = after.total - before.total;
    const stolen = total === 0 ? 0 : (100 * (after.steal - before.steal)) / total;
    return { load: Number(load.toFixed(2)), steal_percent: Number(stolen.toFixed(2)) };
  };
}

/** The first line of /proc/stat (proc(5)): user nice system idle iowait irq softirq steal .. */
function readTimes(): { readonly total: number; readonly steal: number } {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const times = line.trim().split(/\s+/).slice(1, 9).map(Number);
  return { total: times.reduce((sum, time) => sum + time, 0), steal: times[7] ?? 0 };
}
