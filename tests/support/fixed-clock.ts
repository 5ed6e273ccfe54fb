import type { Clock } from '../../core/index.ts';

/** {@link Clock} that stands still until it is told otherwise. */
export class FixedClock implements Clock {
  #at: Date;

  constructor(at = new Date('2026-01-15T12:00:00.000Z')) {
    this.#at = at;
  }

  now(): Date {
    return new Date(this.#at);
  }

  set(at: Date): void {
    this.#at = new Date(at);
  }

  advance(ms: number): void {
    this.#at = new Date(this.#at.getTime() + ms);
  }
}
