import * as z from 'zod';

/** A decimal number as people write it: no sign, no leading zero. */
export const wholeNumber = (min: number, max: number): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^(?:0|[1-9]\d{0,9})$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be between ${min} and ${max}`);
