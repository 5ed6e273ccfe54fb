interface RoomTimes {
  readonly creationTime: bigint;
  readonly creationTimeMs: bigint;
}

/**
 * When a room was created, in milliseconds; servers that know only whole seconds leave the finer field out.
 *
 * @throws RangeError for an instant that no clock can show.
 */
export function creationTimeMs({ creationTime, creationTimeMs: inMs }: RoomTimes): number {
  const ms = Number(inMs === 0n ? creationTime * 1000n : inMs);
  if (!Number.isSafeInteger(ms) || ms < 0) {
    throw new RangeError('not an instant');
  }
  return ms;
}
