import { createHash } from 'node:crypto';

const DOMAIN = 'lkps.audit.row.v1\n';
/** Not part of what happened: the hash itself, and the transaction that wrote it. */
const NOT_HASHED: ReadonlySet<string> = new Set(['row_hash', 'tx_id']);

/**
 * SHA-256 over the canonical form of an audit row: the domain line, then the row as JSON by RFC 8785 (members sorted by
 * UTF-16 code units, no white space), in UTF-8. Instants are written `2026-01-31T12:00:00.000Z`, uuids in lower case.
 * Columns that are null are left out, so that a column added later changes no hash of an older row.
 *
 * Takes a row as it is written and as it is read back alike: the database keeps everything the form depends on.
 */
export function rowHash(row: object): Buffer {
  const members = Object.entries(row).filter(([column, value]) => !NOT_HASHED.has(column) && value !== null);
  return createHash('sha256')
    .update(DOMAIN + canonicalJson(Object.fromEntries(members)))
    .digest();
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonicalJson).join(',')}]`;
  }
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    const members = Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}
