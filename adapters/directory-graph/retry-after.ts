/**
 * RFC 9110, section 10.2.3: seconds or an HTTP date, as milliseconds from now; undefined where there is neither.
 */
export function retryAfterMs(header: string | null, now: Date): number | undefined {
  if (header === null) {
    return undefined;
  }
  if (/^\d+$/.test(header)) {
    return Number(header) * 1000;
  }
  const at = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/.test(header)
    ? Date.parse(header)
    : NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
