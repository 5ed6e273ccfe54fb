import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { FuzzCase } from './fuzz-case.ts';
import type { Finding } from './judge.ts';

const FOLDER = new URL('../../reports/fuzz/', import.meta.url);

/** Keeps what broke a law, so that `--replay` can send it again. Answers with the file's path in the checkout. */
export async function saveFinding(finding: Finding, seed: number): Promise<string | undefined> {
  if (finding.fuzzCase === undefined) {
    return undefined;
  }
  const name = `${seed}-${finding.fuzzCase.phase}-${finding.fuzzCase.index}.json`;
  await mkdir(FOLDER, { recursive: true });
  await writeFile(new URL(name, FOLDER), JSON.stringify({ seed, ...finding }, undefined, 2));
  return `reports/fuzz/${name}`;
}

export async function loadCase(path: string): Promise<FuzzCase> {
  const { fuzzCase } = JSON.parse(await readFile(path, 'utf8')) as { readonly fuzzCase?: FuzzCase };
  if (fuzzCase === undefined) {
    throw new Error(`${path} holds no case`);
  }
  return fuzzCase;
}
