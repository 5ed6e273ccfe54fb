interface RoomTimes {
  readonly creationTime: bigint;
  readonly creationTimeMs: bigint;
}

/** When a room was created, in milliseconds; servers that know only whole seconds leave the finer field out. */
export function creationTimeMs({ creationTime, creationTimeMs: inMs }: RoomTimes): number {
  return inMs === 0n ? Number(creationTime) * 1000 : Number(inMs);
}
