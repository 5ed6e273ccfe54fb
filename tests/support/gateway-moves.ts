import fc from 'fast-check';
import type { PlannedClose, WorkerMessage } from '../../core/index.ts';
import { HELLO, PLAIN, type Shown } from './gateway-cast.ts';
import { greetings, loads, messages, shown, texts } from './gateway-messages.ts';
import type { Fault } from './memory-faults.ts';

/** What can happen; whom to is the n-th of those it can happen to. */
export type Move =
  | { readonly kind: 'start_session' | 'register' | 'revoke' | 'restore'; readonly agent: number }
  /** A job for a room that the platform never made, that has no name, or that is some session's. */
  | { readonly kind: 'stray_job'; readonly agent: number; readonly room: 'unknown' | 'none' | number }
  | { readonly kind: 'end_session'; readonly session: number }
  | { readonly kind: 'connect'; readonly token: number | 'forged'; readonly greeting: WorkerMessage }
  | (LineMove & { readonly line: number })
  | { readonly kind: 'resolve'; readonly question: number; readonly fault: Fault }
  | { readonly kind: 'overdue'; readonly timer: number }
  | { readonly kind: 'time_out' | 'terminate'; readonly job: number }
  /** What the registry says is due is done. */
  | { readonly kind: 'sweep' }
  /** Everything under way arrives, and every question is answered. */
  | { readonly kind: 'settle' };

/** What happens at one connection. */
export type LineMove =
  /** LiveKit reads the next message, or the line does. */
  | { readonly kind: 'up' | 'down' }
  | { readonly kind: 'say'; readonly message: WorkerMessage }
  | { readonly kind: 'answer'; readonly isYes: boolean; readonly shown: Shown }
  | {
      readonly kind: 'update';
      readonly job: number;
      readonly status: 'running' | 'success' | 'failed';
      readonly error: string;
    }
  | { readonly kind: 'load_due' | 'drop' }
  | { readonly kind: 'close'; readonly reason: PlannedClose };

const nth = fc.nat(11);
const line = nth;
const agent = nth;
const status = fc.constantFrom('running', 'success', 'failed');

/** What workers of an honest library, their gateway and LiveKit do, with nothing going wrong. */
export const honestMoves: readonly fc.WeightedArbitrary<Move>[] = [
  often(5, 'start_session', { agent }),
  often(2, 'connect', { token: nth, greeting: fc.constant(HELLO) }),
  often(2, 'close', { line, reason: fc.constantFrom('renewed', 'expired', 'gateway_stopping') }),
  often(8, 'up', { line }),
  often(8, 'down', { line }),
  often(10, 'resolve', { question: nth, fault: fc.constant('none') }),
  often(6, 'answer', { line, isYes: fc.constant(true), shown: fc.constant(PLAIN) }),
  often(3, 'update', { line, job: nth, status, error: fc.constant('') }),
  often(1, 'say', { line, message: loads }),
  often(1, 'load_due', { line }),
  { weight: 4, arbitrary: fc.constant({ kind: 'settle' }) },
];

/** All that, and everything that can go wrong. */
export const anyMoves: readonly fc.WeightedArbitrary<Move>[] = [
  ...honestMoves,
  often(8, 'say', { line, message: messages }),
  often(2, 'answer', { line, isYes: fc.boolean(), shown }),
  often(1, 'update', { line, job: nth, status, error: texts }),
  often(1, 'stray_job', { agent, room: fc.oneof(fc.constantFrom('unknown', 'none'), nth, nth) }),
  often(1, 'end_session', { session: nth }),
  often(1, 'register', { agent }),
  often(1, 'revoke', { agent }),
  often(3, 'restore', { agent }),
  often(2, 'connect', { token: fc.oneof(fc.constant('forged'), nth, nth), greeting: greetings }),
  often(1, 'drop', { line }),
  often(2, 'resolve', { question: nth, fault: fc.constantFrom('before', 'after') }),
  often(4, 'overdue', { timer: nth }),
  often(1, 'time_out', { job: nth }),
  often(4, 'terminate', { job: nth }),
  { weight: 1, arbitrary: fc.constant({ kind: 'sweep' }) },
];

function often<const Kind extends Move['kind'], const Fields extends object>(
  weight: number,
  kind: Kind,
  fields: { readonly [Field in keyof Fields]: fc.Arbitrary<Fields[Field]> },
): fc.WeightedArbitrary<{ readonly kind: Kind } & Fields> {
  return { weight, arbitrary: fc.record(fields).map((drawn) => ({ ...drawn, kind })) };
}
