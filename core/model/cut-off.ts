import { LkpsError } from '../errors.ts';

declare const note: unique symbol;
/** Why an operator acted, in their words: one line that may stay on record for ever. */
export type OperatorNote = string & { readonly [note]: true };

const MAX_NOTE = 200;
/** Control, format and private characters, lone surrogates, line and paragraph separators. */
const UNPRINTABLE = /[\p{C}\u2028\u2029]/u;
/** An e-mail address, a JWT, and a run of characters as long as the shortest key, which no sentence has. */
const NOT_FOR_THE_RECORD = /@|eyJ|[A-Za-z0-9+/_=~.-]{32}/;
/** Any id of Entra, a user's object id too; with the dashes that a text editor makes of hyphens, or with none. */
const GUID = /[0-9a-f]{8}(?:\p{Pd}?[0-9a-f]{4}){3}\p{Pd}?[0-9a-f]{12}/iu;

/** @throws LkpsError `invalid_request` for what must not, or cannot, stand on an audit row. */
export function parseOperatorNote(raw: string): OperatorNote {
  const text = raw.trim();
  if (text === '' || text.length > MAX_NOTE) {
    throw new LkpsError('invalid_request', `a reason has 1 to ${MAX_NOTE} characters`);
  }
  if (UNPRINTABLE.test(text)) {
    throw new LkpsError('invalid_request', 'a reason is one line, without control characters');
  }
  if (GUID.test(text)) {
    throw new LkpsError('invalid_request', 'a reason holds no ids: the record names what was cut off');
  }
  if (NOT_FOR_THE_RECORD.test(text)) {
    throw new LkpsError(
      'invalid_request',
      'a reason holds no e-mail address, token or key: it stays on record',
    );
  }
  return text as OperatorNote;
}

/** That something is cut off: since when, and why. */
export interface CutOff {
  readonly at: Date;
  readonly note?: OperatorNote;
}
