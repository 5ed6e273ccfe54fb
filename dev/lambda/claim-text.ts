/** Claims as gateways hand them on: every value is text, a list is `[a b]`. */
export function claimText(claims: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, textOf(value)]));
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(textOf).join(' ')}]`;
  return value === undefined ? '' : JSON.stringify(value);
}
