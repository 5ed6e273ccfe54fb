import { readFile } from 'node:fs/promises';
import { ROOT } from '../support/platform-project.ts';

/** What docs/embedding.md says of a way into the package: a subpath such as `./core`, or the command `lkps`. */
export interface PeerRow {
  readonly entry: string;
  /** What it imports when it runs. */
  readonly packages: readonly string[];
  /** What its declarations need besides. */
  readonly types: readonly string[];
}

export async function readPeerTable(): Promise<readonly PeerRow[]> {
  const guide = await readFile(`${ROOT}docs/embedding.md`, 'utf8');
  return guide
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .flatMap(([, entry = '', , packages, types]) =>
      /^`(?:\.\/[a-z-]+|lkps)`$/.test(entry) && packages !== undefined && types !== undefined
        ? [{ entry: entry.slice(1, -1), packages: namesIn(packages), types: namesIn(types) }]
        : [],
    );
}

function namesIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}
