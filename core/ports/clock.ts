/** The time, so that tests and replays decide it. */
export interface Clock {
  now(): Date;
}
