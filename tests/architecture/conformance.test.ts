import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/platform-project.ts';

interface Row {
  readonly statement: string;
  readonly python: string;
  readonly typescript: string;
  readonly proof: string;
}

const YES = 'yes';
/** What a cell of a language may say besides yes. */
const NOT = /^(no|partly|not here|not proven): \S/;
/** `it('..`, and of tables `it.each(..)('..`: the text of a title, as it stands in the source. */
const TITLE =
  /(?:\b(?:it|law)(?:\.concurrent)?(?:\.(?:each|for)\([\w.]+\))?|[\])>]\s*\))\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1\s*,/g;
const PYTHON_TEST = /^ *(?:async )?def (test_\w+)\(/gm;

/** sdk/CONFORMANCE.md: whoever reads a row can run what it stands on. */
describe('sdk/CONFORMANCE.md', () => {
  let rows: readonly Row[];
  beforeAll(async () => {
    const text = await readFile(`${ROOT}sdk/CONFORMANCE.md`, 'utf8');
    rows = text
      .split('\n')
      .filter((line) => line.startsWith('| ') && !/^\| (behaviour|statement|-+) /.test(line))
      .map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
      .map(([statement = '', python = '', typescript = '', proof = '']) => ({
        statement: statement.trim(),
        python: python.trim(),
        typescript: typescript.trim(),
        proof: proof.trim(),
      }));
  });

  it('says of each row and each language yes, or why not', () => {
    expect(rows.length).toBeGreaterThan(50);
    const wrong = rows.filter((row) =>
      [row.python, row.typescript].some((cell) => cell !== YES && !NOT.test(cell)),
    );
    expect(wrong).toEqual([]);
  });

  it('quotes for each yes a test that exists, as it reads', async () => {
    const missing: string[] = [];
    for (const { statement, python, typescript, proof } of rows) {
      const proofs = proofsIn(proof);
      if ([python, typescript].includes(YES) && proofs.length === 0) missing.push(`${statement}: no proof`);
      for (const { file, names } of proofs) {
        if (names.length === 0) missing.push(`${statement}: ${file} without a test`);
        const known = await testsIn(file);
        missing.push(...names.filter((name) => !known.includes(name)).map((name) => `${file}: "${name}"`));
      }
    }
    expect(missing).toEqual([]);
  });
});

/** `path` "test", "test"; `path` "test" */
function proofsIn(cell: string): readonly { readonly file: string; readonly names: readonly string[] }[] {
  return cell.split(/(?=`[\w./-]+`)/).flatMap((part) => {
    const file = /^`([\w./-]+)`/.exec(part)?.[1];
    return file === undefined
      ? []
      : [{ file, names: [...part.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name) }];
  });
}

async function testsIn(file: string): Promise<readonly string[]> {
  const source = await readFile(`${ROOT}${file}`, 'utf8').catch(() => '');
  return file.endsWith('.py')
    ? [...source.matchAll(PYTHON_TEST)].map(([, name = '']) => name)
    : [...source.matchAll(TITLE)].map(([, , title = '']) => title.replace(/\\(.)/g, '$1'));
}
