import type { Clock } from '../core/index.ts';

/** {@link Clock} of the machine. */
export const systemClock: Clock = { now: () => new Date() };
