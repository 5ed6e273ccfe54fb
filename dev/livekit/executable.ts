import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** The first executable of that name on a PATH; relative entries of it are not searched. */
export async function findOnPath(name: string, path: string | undefined): Promise<string | undefined> {
  for (const directory of (path ?? '').split(delimiter).filter((entry) => entry.startsWith('/'))) {
    const file = join(directory, name);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}
