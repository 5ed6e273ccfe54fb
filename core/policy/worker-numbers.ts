const MAX_UINT32 = 0xffff_ffff;

/** The nearest whole number that the protocol can carry; what is not a number is 0. */
export function toUint32(value: number): number {
  return value >= 1 ? Math.min(Math.trunc(value), MAX_UINT32) : 0;
}
