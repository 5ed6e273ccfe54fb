import { closeSync, constants, existsSync, openSync, type Stats } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Where a line is in its file, in bytes. */
export interface Span {
  readonly position: number;
  readonly length: number;
}

/** What the lines of a file are. A file with any other line is somebody else's, and left as it is. */
export interface LineReader {
  /** Takes the next line; false when it is not one of these. */
  readonly take: (line: string, span: Span) => boolean;
  /** Whether a crash may have left this of such a line. */
  readonly isBeginning: (text: string) => boolean;
}

const NEWLINE = 0x0a;
const NOT_THE_OWNER = 0o077;
const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
/** For the lock: two that start at once get out of each other's way. */
const LOCK_WAIT_MS = 200;

/** A file of lines that only grows, and that one process at a time has open. */
export class JsonlFile {
  readonly #path: string;
  readonly #lock: DatabaseSync;
  readonly #handle: FileHandle;
  readonly #opened: Stats;
  /** What is read or written of it, in bytes. */
  #size = 0;

  private constructor(path: string, lock: DatabaseSync, handle: FileHandle, opened: Stats) {
    this.#path = path;
    this.#lock = lock;
    this.#handle = handle;
    this.#opened = opened;
  }

  /**
   * Hands over every line there is. What a crash left unfinished is cut off: nobody was promised that.
   *
   * @throws Error that quotes nothing of the file: another process has it open, or it is not such a file.
   */
  static async open(path: string, reader: LineReader): Promise<JsonlFile> {
    const lock = lockBeside(path);
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, FLAGS, 0o600);
      const file = new JsonlFile(resolve(path), lock, handle, await handle.stat());
      await file.#readAll(reader);
      if ((file.#opened.mode & NOT_THE_OWNER) !== 0) {
        await handle.chmod(0o600);
      }
      await handle.sync();
      await syncDirectory(dirname(path));
      return file;
    } catch (error) {
      await handle?.close();
      lock.close();
      throw error;
    }
  }

  /** On disk once resolved, under the file's own name. After a rejection nobody knows what is: do not go on. */
  async append(line: string): Promise<Span> {
    const bytes = Buffer.from(`${line}\n`, 'utf8');
    const span = { position: this.#size, length: bytes.length - 1 };
    await this.#requireUntouched(this.#size);
    await this.#handle.appendFile(bytes);
    await this.#handle.sync();
    this.#size += bytes.length;
    await this.#requireUntouched(this.#size);
    return span;
  }

  async read({ position, length }: Span): Promise<string> {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await this.#handle.read(bytes, 0, length, position);
    if (bytesRead < length) {
      throw new Error(`${this.#path} is shorter than it was`);
    }
    return bytes.toString('utf8');
  }

  async close(): Promise<void> {
    await this.#handle.close().finally(() => {
      this.#lock.close();
    });
  }

  async #readAll(reader: LineReader): Promise<void> {
    const { size } = this.#opened;
    await this.#requireUntouched(size);
    for await (const bytes of linesOf(this.#handle, size)) {
      const isWhole = bytes.at(-1) === NEWLINE;
      const length = isWhole ? bytes.length - 1 : bytes.length;
      const line = bytes.toString('utf8', 0, length);
      if (reader.take(line, { position: this.#size, length })) {
        this.#size += length + 1;
        if (!isWhole) {
          await this.#requireUntouched(size);
          await this.#handle.appendFile('\n');
        }
      } else if (!isWhole && reader.isBeginning(line)) {
        await this.#requireUntouched(size);
        await this.#handle.truncate(this.#size);
      } else {
        throw new Error(
          `${this.#path} has a line at byte ${this.#size} that is none of its own: left as it is`,
        );
      }
    }
  }

  /** Nobody else wrote to it, cut it, moved it, deleted it or gave it a second name. */
  async #requireUntouched(size: number): Promise<void> {
    const named = await lstat(this.#path);
    const isSame = named.dev === this.#opened.dev && named.ino === this.#opened.ino;
    if (!isSame || !named.isFile() || named.nlink !== 1 || named.size !== size) {
      throw new Error(`${this.#path} is not the file it was, or not a plain one`);
    }
  }
}

/**
 * An empty database beside the file, in a transaction that never ends. The system ends it with its process, so no lock is
 * ever left over, and containers that share a disk see it too; a process id in a file could promise neither.
 */
function lockBeside(path: string): DatabaseSync {
  const name = `${path}.lock`;
  let lock: DatabaseSync | undefined;
  try {
    if (!existsSync(name)) {
      closeSync(openSync(name, 'wx', 0o600));
    }
    lock = new DatabaseSync(name, { timeout: LOCK_WAIT_MS });
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock?.close();
    throw new Error(`${path} cannot be locked: does another process have it open?`, { cause });
  }
}

/** With their newlines; only the last one can lack it. */
async function* linesOf(handle: FileHandle, size: number): AsyncGenerator<Buffer> {
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
      yield rest.subarray(0, end + 1);
      rest = rest.subarray(end + 1);
    }
  }
  if (rest.length > 0) {
    yield rest;
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
