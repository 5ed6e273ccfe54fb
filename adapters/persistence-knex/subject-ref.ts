import { createHmac } from 'node:crypto';
import type { ObjectId } from '../../core/index.ts';

const MIN_KEY_BYTES = 32;

/** Keys the hash that stands for a user in the audit trail (`LKPS_SUBJECT_KEY`). */
export type SubjectKey = Uint8Array;

/** @throws RangeError At construction of a store rather than with the first user. */
export function requireSubjectKey(key: SubjectKey): SubjectKey {
  if (key.byteLength < MIN_KEY_BYTES) {
    throw new RangeError(`a subject key has at least ${MIN_KEY_BYTES} bytes`);
  }
  return key;
}

/** HMAC-SHA256(key, object id) in hex: the same user is recognisable, but who it is takes the key. */
export function subjectRef(key: SubjectKey, user: ObjectId): string {
  return createHmac('sha256', key).update(user).digest('hex');
}
