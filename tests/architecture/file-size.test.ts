import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ROOT, sourcesIn } from '../support/platform-project.ts';

const MEDIAN = 130;
const LIMIT = 250;
/** Files over the limit, each with its reason. */
const LARGE: Readonly<Record<string, string>> = {
  'tests/contract/http-host.contract.ts': 'what every host promises, in one suite',
  'tests/dev/ocelot.test.ts': 'a negative test for each rule of the edge',
};

describe('a file holds one concept', () => {
  it('the median source file stays under 130 lines', async () => {
    const sizes = await sizesIn(['core', 'adapters', 'composition', 'dev']);
    const sorted = sizes.map(([, lines]) => lines).sort((a, b) => a - b);
    expect(sorted.length).toBeGreaterThan(50);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(MEDIAN);
  });

  it('no file is over 250 lines without a reason', async () => {
    const sizes = await sizesIn([
      'core',
      'adapters',
      'composition',
      'dev',
      'sdk/typescript/src',
      'sdk/typescript/tests',
      'tests',
    ]);
    const large = sizes.filter(([, lines]) => lines > LIMIT).map(([path]) => path);
    expect(large.filter((path) => !Object.hasOwn(LARGE, path))).toEqual([]);
  });
});

async function sizesIn(
  folders: readonly string[],
): Promise<readonly (readonly [path: string, lines: number])[]> {
  const paths = (await Promise.all(folders.map(sourcesIn))).flat();
  return Promise.all(
    paths.map(async (path) => {
      const text = await readFile(`${ROOT}${path}`, 'utf8');
      return [path, text.trimEnd().split('\n').length] as const;
    }),
  );
}
