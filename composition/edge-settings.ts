import * as z from 'zod';
import type { RateLimit } from '../core/index.ts';
import { wholeNumber } from './whole-number.ts';

/** `<requests>/<seconds>`, or `off`: 0 is no way to say that there is no limit. */
const rateLimit = z
  .string()
  .regex(
    /^(?:off|[1-9]\d{0,6}\/[1-9]\d{0,3})$/,
    'must be off or <requests>/<seconds> such as 50/10, at most 9999999/9999',
  )
  .transform((value): RateLimit | 'off' => {
    const [requests, seconds] = value.split('/').map(Number);
    return requests === undefined || seconds === undefined ? 'off' : { requests, windowMs: seconds * 1000 };
  });

/** How much is taken on, of whom and at once; a part of {@link SETTINGS}. */
export const EDGE_SETTINGS = {
  LKPS_RATE_LIMIT_CALLER: {
    schema: rateLimit,
    default: '50/10',
    description: 'What one user of one client may ask of a process, `<requests>/<seconds>` or `off`.',
  },
  LKPS_RATE_LIMIT_CLIENT: {
    schema: rateLimit,
    default: '500/10',
    description: 'What one client may ask of a process, its users included, in the same form.',
  },
  LKPS_REFUSAL_ROWS: {
    schema: rateLimit,
    default: '60/60',
    description: 'Audit rows that one source address may cause without proof of who it is, in the same form.',
  },
  LKPS_MAX_OPEN_SESSIONS: {
    schema: wholeNumber(1, 1_000_000),
    default: '1000',
    description:
      'Sessions one client may have open at once, in all processes; one more is 429 `rate_limited`.',
  },
  LKPS_MAX_IN_FLIGHT: {
    schema: wholeNumber(1, 100_000),
    default: '256',
    description:
      'Requests a process works on at once, half of them of one client at most; one more is 503 `overloaded`.',
  },
} as const;
