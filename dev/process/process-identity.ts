import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * A process id with its start time, so that a recycled id is not mistaken for the process that left a file behind.
 * `undefined` when no such process is alive; a zombie is not.
 */
export function processIdentity(pid: number): string | undefined {
  const started = process.platform === 'linux' ? startTicks(pid) : startDate(pid);
  return started === undefined ? undefined : `${pid} ${started}`;
}

export function ownIdentity(): string {
  return processIdentity(process.pid) ?? `${process.pid} unknown`;
}

export function isAlive(identity: string): boolean {
  const pid = Number.parseInt(identity, 10);
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  return processIdentity(pid) === identity.trim();
}

/** proc(5): the command's name is in parentheses and may contain anything, so count fields from its end. */
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function startDate(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '').replace(/\s+/g, ' ');
  } catch {
    return undefined;
  }
}
