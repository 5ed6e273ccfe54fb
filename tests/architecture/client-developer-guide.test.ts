import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PROBLEMS } from '../../adapters/http/problem.ts';
import { OpenApi } from '../support/platform-openapi.ts';
import { ROOT } from '../support/platform-project.ts';
import { rowsUnder } from '../support/markdown-table.ts';

const GUIDE = 'docs/client-developer-guide.md';

describe('the guide for client developers', () => {
  let guide: string;
  beforeAll(async () => {
    guide = await readFile(`${ROOT}${GUIDE}`, 'utf8');
  });

  it('shows the very code that tests/e2e/browser.test.ts runs', async () => {
    const shown = [...guide.matchAll(/<!-- (\S+) -->\n+```ts\n([^]*?)```/g)];
    expect(shown.map(([, file]) => file)).toEqual([
      'dev/browser/page/start-session.ts',
      'dev/browser/page/session-source.ts',
    ]);
    for (const [, file = '', code] of shown) {
      expect(code, file).toBe(await readFile(`${ROOT}${file}`, 'utf8'));
    }
  });

  it('says of every error code what to do, under its status, and of no other', () => {
    const told = rowsUnder(guide, '## When it does not work').map(([status, code]) => `${status} ${code}`);
    const known = Object.entries(PROBLEMS).map(([code, { status }]) => `${status} ${code}`);
    expect(told.toSorted()).toEqual([...known, '500 internal_error'].toSorted());
  });

  it('names every field that a session can be asked for with, and no other, and every permission', async () => {
    const api = await OpenApi.open();
    const propertiesOf = (name: string): readonly string[] =>
      Object.keys(
        z
          .object({ properties: z.record(z.string(), z.unknown()) })
          .parse(api.resolve({ $ref: `#/components/schemas/${name}` })).properties,
      );
    const named = rowsUnder(guide, '## What you can ask for').map(([field]) => field);
    expect(named.toSorted()).toEqual(propertiesOf('StartSessionRequest').toSorted());
    const permissions = rowsUnder(guide, '### Permissions').flat().join();
    expect(propertiesOf('Permissions').filter((name) => !permissions.includes(name))).toEqual([]);
  });

  it('points only at files that are there', () => {
    const links = [...guide.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = '']) =>
      join(dirname(GUIDE), path),
    );
    const paths = [...guide.matchAll(/`((?:tests|docs|dev)\/[\w./-]+)`/g)].map(([, path = '']) => path);
    expect(links.length).toBeGreaterThan(0);
    expect([...links, ...paths].filter((path) => !existsSync(`${ROOT}${path}`))).toEqual([]);
  });
});
