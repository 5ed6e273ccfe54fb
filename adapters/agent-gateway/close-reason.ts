import type { PlannedClose, WorkerDue, WorkerOffence } from '../../core/index.ts';

/** Why a connection ended: on record, and told to the worker. */
export type CloseReason =
  | WorkerOffence
  | PlannedClose
  | Exclude<WorkerDue, 'renewed'>
  | 'worker_gone'
  | 'worker_silent'
  | 'worker_stalled'
  | 'message_too_large'
  | 'protocol_error'
  | 'too_many_messages'
  | 'livekit_gone'
  | 'handshake_too_slow'
  | 'internal_error';

/** RFC 6455 section 7.4.1, and IANA's registry for what came later. */
const CODES: Partial<Readonly<Record<CloseReason, number>>> = {
  text_frame: 1003,
  malformed_frame: 1007,
  message_too_large: 1009,
  protocol_error: 1002,
  internal_error: 1011,
  renewed: 1012,
  expired: 1012,
  gateway_stopping: 1012,
  livekit_gone: 1013,
};
const POLICY_VIOLATION = 1008;

export function closeCodeOf(reason: CloseReason): number {
  return CODES[reason] ?? POLICY_VIOLATION;
}
