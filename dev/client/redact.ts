/** What replaces a credential in anything this client prints. */
const REDACTED = '[redacted]';

/** The server quotes the whole token in its 401, and the client library repeats the answer: no text is printed unredacted. */
export function redact(text: string): string {
  return text
    .replaceAll(/eyJ[\w-]*(?:\.[\w-]*){0,2}/g, REDACTED)
    .replaceAll(/\b(access_token|join_request)=[^&\s]+/g, `$1=${REDACTED}`);
}

/** The printable reason of anything thrown. */
export function reasonOf(thrown: unknown): string {
  return redact(thrown instanceof Error ? thrown.message : String(thrown));
}
