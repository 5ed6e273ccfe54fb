const TIMED_OUT = new Set(['TimeoutError', 'AbortError']);

/** What may be said of a failed call. Never the error itself: its message can quote a token or a host's answer. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) {
    return 'unknown failure';
  }
  if (TIMED_OUT.has(error.name)) {
    return 'no answer in time';
  }
  const code = codeOf(error) ?? codeOf(error.cause) ?? /\bAADSTS\d{3,9}\b/.exec(error.message)?.[0];
  return code === undefined ? error.constructor.name : `${error.constructor.name} ${code}`;
}

/** Of Node (`ECONNREFUSED`) and its TLS (`DEPTH_ZERO_SELF_SIGNED_CERT`). */
function codeOf(value: unknown): string | undefined {
  const code = typeof value === 'object' && value !== null && 'code' in value ? value.code : undefined;
  return typeof code === 'string' && /^[A-Za-z_]{1,50}$/.test(code) ? code : undefined;
}
