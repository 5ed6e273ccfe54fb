import fc from 'fast-check';
import { LkpsError } from '../../core/index.ts';
import type { PortName } from './platform-faults.ts';

/** What no line may hold, in the forms secrets and personal data come in; each is told by `canary`. */
export const CANARIES = {
  secret: 'canary-secret-0123456789abcdef',
  token: `eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOnRydWV9.canary-${'x'.repeat(60)}`,
  email: 'canary.person@example.test',
  name: 'Canary Person',
  url: 'postgres://canary:canary@db.internal/canary',
} as const;

export const canary = fc.constantFrom(...Object.values(CANARIES));

/** In whatever case; in base64 too, at each of its three offsets. */
export function canariesIn(text: string): readonly string[] {
  return text.match(/.{0,20}(?:canary|Y2FuYXJ5|NhbmFye|jYW5hcn|eyJ[\w-]{8}).{0,20}/gi) ?? [];
}

/** Lines of a message that pass for frames of a stack. */
const LIKE_A_FRAME = `${CANARIES.token}\n    at ${CANARIES.email} (file:///canary.ts:1:1)`;

/** What libraries throw: with what they were sent and what they were answered in every field there is. */
const foreign: fc.Arbitrary<unknown> = fc.oneof(
  canary.map((text) => new Error(text)),
  canary.map((text) => new TypeError(LIKE_A_FRAME, { cause: new Error(text, { cause: text }) })),
  canary.map((text) => new AggregateError([new Error(text)], text)),
  canary.map((text) => Object.assign(new Error('failed'), planted(text))),
  canary.map(() => changedSince()),
  canary.map((text) => planted(text)),
  canary,
);

/** The stack is put into words when it is first looked at, and keeps the message of then. */
function changedSince(): Error {
  const error = new Error(LIKE_A_FRAME);
  return Object.assign(error, { stack: error.stack, message: 'another' });
}

function planted(text: string): object {
  return {
    code: text,
    detail: `Key (email)=(${text})`,
    where: text,
    body: { token: text },
    hint: text,
    name: text,
  };
}

/** How a port may fail: as its contract says, with something foreign behind it, or with that alone. */
export const failures: fc.Arbitrary<(port: PortName) => Error> = foreign.map((cause) => (port) => {
  if (port === 'tokens' || port === 'webhooks') {
    return cause as Error; // what is thrown may be anything
  }
  const code = port === 'rooms' ? 'livekit_unavailable' : 'audit_unavailable';
  return new LkpsError(code, 'planted fault', { cause });
});
