import { open, type FileHandle } from 'node:fs/promises';

/** What every open file has its methods from. */
export async function fileHandlePrototype(path: string): Promise<FileHandle> {
  const handle = await open(path, 'r');
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}
