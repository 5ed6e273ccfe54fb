import { readdir, readFile, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/platform-project.ts';

interface Proof {
  readonly file: string;
  readonly laws: readonly string[];
}

/** What stands behind "Proof:" of every threat: a file or folder of tests, and the laws in it that are quoted. */
async function proofs(): Promise<readonly (readonly [threat: string, proof: readonly Proof[]])[]> {
  const text = await readFile(`${ROOT}docs/threat-model.md`, 'utf8');
  return text
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const [title = ''] = section.split('\n');
      const proof = /^- Proof: (.*?)(?=^- )/ms.exec(section)?.[1] ?? '';
      const named = proof.replace(/\s+/g, ' ').split(/(?=`tests\/)/);
      return [title, named.flatMap(toProof)];
    });
}

function toProof(text: string): readonly Proof[] {
  const file = /^`(tests\/[^`]+)`/.exec(text)?.[1];
  return file === undefined
    ? []
    : [{ file, laws: [...text.matchAll(/"([^"]+)"/g)].map(([, law = '']) => law) }];
}

/** Of a folder the text of all its tests. */
async function textOf(path: string): Promise<string> {
  if ((await stat(path)).isFile()) {
    return readFile(path, 'utf8');
  }
  const names = (await readdir(path)).filter((name) => name.endsWith('.test.ts'));
  expect(names, path).not.toEqual([]);
  return (await Promise.all(names.map((name) => readFile(`${path}${name}`, 'utf8')))).join('\n');
}

describe('docs/threat-model.md', () => {
  it('has a proof for every threat, and every proof is a test that exists under that name', async () => {
    const threats = await proofs();
    expect(threats.length).toBeGreaterThan(20);
    for (const [threat, proof] of threats) {
      expect(proof.length, threat).toBeGreaterThan(0);
      for (const { file, laws } of proof) {
        const text = await textOf(`${ROOT}${file}`);
        for (const law of laws) {
          expect(text.includes(law), `${threat}: ${file}: "${law}"`).toBe(true);
        }
      }
    }
  });
});
