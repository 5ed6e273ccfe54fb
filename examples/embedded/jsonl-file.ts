import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Where a line is in its file, in bytes. */
export interface Span {
  readonly position: number;
  readonly length: number;
}

const NEWLINE = 0x0a;

/** A file of lines that only grows. One process writes one file. */
export class JsonlFile {
  readonly #handle: FileHandle;
  #size: number;

  private constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.#size = size;
  }

  /** Hands over every line there is, and cuts off what a crash left unfinished: nobody was promised that. */
  static async open(path: string, onLine: (line: string, span: Span) => void): Promise<JsonlFile> {
    const handle = await open(path, 'a+', 0o600);
    try {
      let position = 0;
      for await (const line of linesOf(handle)) {
        onLine(line.toString('utf8'), { position, length: line.length });
        position += line.length + 1;
      }
      if (position < (await handle.stat()).size) {
        await handle.truncate(position);
      }
      await handle.sync();
      await syncDirectory(dirname(path));
      return new JsonlFile(handle, position);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** On disk once resolved. After a rejection nobody knows what is: do not go on. */
  async append(line: string): Promise<Span> {
    const bytes = Buffer.from(`${line}\n`, 'utf8');
    await this.#handle.appendFile(bytes);
    await this.#handle.sync();
    const span = { position: this.#size, length: bytes.length - 1 };
    this.#size += bytes.length;
    return span;
  }

  async read({ position, length }: Span): Promise<string> {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await this.#handle.read(bytes, 0, length, position);
    if (bytesRead < length) {
      throw new Error('the trail is shorter than it was');
    }
    return bytes.toString('utf8');
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Whole lines only. */
async function* linesOf(handle: FileHandle): AsyncGenerator<Buffer> {
  const { size } = await handle.stat();
  if (size === 0) {
    return;
  }
  let rest = Buffer.alloc(0);
  for await (const chunk of handle.createReadStream({
    autoClose: false,
    start: 0,
    end: size - 1,
  }) as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE)) {
      yield rest.subarray(0, end);
      rest = rest.subarray(end + 1);
    }
  }
}

/** So that a file just made is still there after a power cut. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
