import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Child } from '../../dev/process/child.ts';

const EVERY_MS = 500;

export interface Memory {
  /** MiB, resident. */
  readonly first: number;
  readonly peak: number;
  readonly last: number;
  /** Medians of the second and the last quarter. */
  readonly secondQuarter: number;
  readonly lastQuarter: number;
}

/** One process of the service, from its start to its end: that it stays the same one, and what it needs. */
export class ServiceWatch {
  readonly #child: Child;
  readonly #rss: number[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(child: Child) {
    this.#child = child;
    this.#rss.push(rssMib(child.pid));
    this.#timer = setInterval(() => {
      if (child.running) {
        this.#rss.push(rssMib(child.pid));
      }
    }, EVERY_MS);
  }

  get alive(): boolean {
    return this.#child.running;
  }

  memory(): Memory {
    clearInterval(this.#timer);
    const samples = this.#rss.filter((mib) => !Number.isNaN(mib));
    const quarter = Math.floor(samples.length / 4);
    return {
      first: samples[0] ?? Number.NaN,
      peak: Math.max(...samples),
      last: samples.at(-1) ?? Number.NaN,
      secondQuarter: median(samples.slice(quarter, 2 * quarter)),
      lastQuarter: median(samples.slice(3 * quarter)),
    };
  }
}

function rssMib(pid: number): number {
  try {
    if (process.platform === 'linux') {
      const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      return Number(kib) / 1024;
    }
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
  } catch {
    return Number.NaN;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
