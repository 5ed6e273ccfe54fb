import * as z from 'zod';

/** A decimal number as people write it: no sign, no leading zero. */
export function wholeNumber(min: number, max: number): z.ZodType<number, string> {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^(?:0|[1-9]\d*)$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message);
}
