import * as z from 'zod';

/** Marks an issue about a field that is known and may never be set: the problem is then `forbidden_field`. */
export const FORBIDDEN = { forbidden: true } as const;

const CONTROL = /\p{Cc}/u;
/** Halves of surrogate pairs, which UTF-8 does not have, and NUL, which not every reader survives. */
const UNSTORABLE = /[\p{Cs}\0]/u;

/** Whatever it holds, it may not be there. */
export function forbidden(message: string): z.ZodType {
  return z.unknown().refine(() => false, { message, params: FORBIDDEN });
}

/** At most so many bytes of UTF-8, of any text. */
export function boundedBytes(max: number): z.ZodType<string> {
  return z
    .string()
    .refine((value) => byteLength(value) <= max, `must be ${max} bytes at most`)
    .refine((value) => !UNSTORABLE.test(value), 'must be text without NUL or halves of characters');
}

/** A name for people: at most so many characters, none of them a control character. */
export function boundedName(max: number): z.ZodType<string> {
  return z
    .string()
    .refine((value) => isName(value, max), `must be ${max} characters at most, none a control`);
}

export function isName(value: string, max: number): boolean {
  return Array.from(value).length <= max && !CONTROL.test(value) && !UNSTORABLE.test(value);
}

export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
