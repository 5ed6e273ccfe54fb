import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { rowHash } from '../../adapters/persistence-knex/row-hash.ts';
import { ROOT } from '../support/platform-project.ts';

it('docs/audit-trail.md shows a row in the form that is hashed, and its hash', async () => {
  const guide = await readFile(`${ROOT}docs/audit-trail.md`, 'utf8');
  const [, text = '', hash = ''] = /```text\n(\{.*\})\n```\n\n```text\n([0-9a-f]{64})\n```/.exec(guide) ?? [];
  expect(createHash('sha256').update(`lkps.audit.row.v1\n${text}`).digest('hex')).toBe(hash);
  const row = JSON.parse(text) as { readonly occurred_at: string };
  const stored = { ...row, occurred_at: new Date(row.occurred_at), reason: null, row_hash: hash, tx_id: '7' };
  expect(rowHash(stored).toString('hex')).toBe(hash);
});
