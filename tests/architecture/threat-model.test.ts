import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/platform-project.ts';

interface Proof {
  readonly file: string;
  readonly laws: readonly string[];
}

/** What stands behind "Proof:" of every threat: files of tests, and the laws in them that are quoted. */
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

/** `it('..`, `law('..`, and of tables `it.each(..)('..`: the text of a title, as it stands in the source. */
const TITLE =
  /(?:\b(?:it|law)(?:\.(?:each|for)\(\w+\))?|[\])>]\s*\))\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1\s*,/g;

async function titlesIn(file: string): Promise<readonly string[]> {
  const source = await readFile(`${ROOT}${file}`, 'utf8');
  return [...source.matchAll(TITLE)].map(([, , title = '']) => title.replace(/\\(.)/g, '$1'));
}

describe('docs/threat-model.md', () => {
  it('has a proof for every threat, and every proof quotes titles of tests that exist', async () => {
    const threats = await proofs();
    expect(threats.length).toBeGreaterThan(20);
    const missing: string[] = [];
    for (const [threat, proof] of threats) {
      expect(proof.length, threat).toBeGreaterThan(0);
      for (const { file, laws } of proof) {
        expect(laws.length, `${threat}: ${file} quotes no law`).toBeGreaterThan(0);
        const titles = await titlesIn(file);
        missing.push(...laws.filter((law) => !titles.includes(law)).map((law) => `${file}: "${law}"`));
      }
    }
    expect(missing).toEqual([]);
  });
});
