import { readdirSync, readFileSync } from 'node:fs';

/** A process and all that come from it, the youngest last. Linux only. */
export function processTree(root: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      parents.set(Number(name), Number(parent));
    } catch {
      // it has just ended
    }
  }
  const childrenOf = (pid: number): readonly number[] =>
    [...parents].filter(([, parent]) => parent === pid).map(([child]) => child);
  const below = (pid: number): readonly number[] => [pid, ...childrenOf(pid).flatMap(below)];
  return below(root);
}

/** What a process was started with; nothing of one that is gone. */
export function environmentOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .filter((entry) => entry !== '');
  } catch {
    return [];
  }
}
