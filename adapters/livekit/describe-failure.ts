/**
 * What may be said of a failed call to LiveKit. Never the error itself: the message of a 401 contains the whole JWT.
 */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) {
    return 'unknown';
  }
  const status = 'status' in error && typeof error.status === 'number' ? ` status=${error.status}` : '';
  const code = codeOf(error) ?? codeOf(error.cause);
  return `${error.constructor.name}${status}${code === undefined ? '' : ` code=${code}`}`;
}

function codeOf(value: unknown): string | undefined {
  const code = typeof value === 'object' && value !== null && 'code' in value ? value.code : undefined;
  return typeof code === 'string' && /^[A-Za-z_]{1,40}$/.test(code) ? code : undefined;
}
