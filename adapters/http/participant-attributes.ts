import * as z from 'zod';
import { isReservedAttribute } from '../../core/index.ts';
import { byteLength, boundedBytes, FORBIDDEN, isName } from './field-rules.ts';

const MAX_COUNT = 32;
const MAX_KEY = 64;
const MAX_VALUE_BYTES = 256;
const MAX_BYTES = 2048;

const value = boundedBytes(MAX_VALUE_BYTES);

/** `participant_attributes`: they travel in the participant's token, which some clients put into a URL. */
export const participantAttributes = z
  .custom<Readonly<Record<string, unknown>>>(isObject, 'must be an object of strings') // a record loses `__proto__`
  .meta({ type: 'object' })
  .superRefine((attributes, context) => {
    for (const [key, text] of Object.entries(attributes)) {
      const problem = problemOf(key, text);
      if (problem !== undefined) {
        context.addIssue({ code: 'custom', path: [key], ...problem });
      }
    }
    if (Object.keys(attributes).length > MAX_COUNT) {
      context.addIssue({ code: 'custom', message: `must be ${MAX_COUNT} at most` });
    }
    if (byteLength(Object.entries(attributes).flat().join('')) > MAX_BYTES) {
      context.addIssue({ code: 'custom', message: `must be ${MAX_BYTES} bytes at most, names and values` });
    }
  })
  .transform((attributes) => attributes as Readonly<Record<string, string>>); // every value was checked above

interface Problem {
  readonly message: string;
  readonly params?: typeof FORBIDDEN;
}

function problemOf(key: string, text: unknown): Problem | undefined {
  if (isReservedAttribute(key)) {
    return {
      message: "speaks for the platform or LiveKit: names may not start with 'lkps.' or 'lk.'",
      params: FORBIDDEN,
    };
  }
  if (key === '' || !isName(key, MAX_KEY)) {
    return { message: `needs a name of 1 to ${MAX_KEY} characters, none a control` };
  }
  return value.safeParse(text).success
    ? undefined
    : { message: `must be text, ${MAX_VALUE_BYTES} bytes at most` };
}

function isObject(raw: unknown): boolean {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}
