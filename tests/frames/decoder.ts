import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import type { Frame } from './frame.ts';

/** What LiveKit's server makes of a message. */
export interface Reading {
  /** The server ends the connection. */
  readonly error?: string | undefined;
  /** There are fields in it, at some depth, that the server does not know. */
  readonly unknown: boolean;
  /** One member, by the name of the message: all its fields, defaults too; none for a message of no known kind. */
  readonly message?: Readonly<Record<string, unknown>> | undefined;
}

export interface Decoder {
  /** In order. */
  readonly read: (frames: readonly Frame[]) => Promise<readonly Reading[]>;
  readonly close: () => Promise<void>;
}

const READING = z.object({
  error: z.string().optional(),
  unknown: z.boolean(),
  message: z.record(z.string(), z.unknown()).optional(),
});
const HEADER_BYTES = 5;

/** The program of `./decoder`, which ends with its standard input, and so with this process. */
export function startDecoder(path: string): Decoder {
  const child = spawn(path, { stdio: ['pipe', 'pipe', 'inherit'], env: {} });
  const exited = once(child, 'exit');
  exited.catch(() => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    read: async (frames) => {
      const written = writeAll(child.stdin, frames);
      const readings: Reading[] = [];
      while (readings.length < frames.length) {
        const line = await lines.next();
        if (line.done === true) {
          throw new Error('the decoder ended early');
        }
        readings.push(READING.parse(JSON.parse(line.value)));
      }
      await written;
      return readings;
    },
    close: async () => {
      child.stdin.end();
      await exited;
    },
  };
}

function writeAll(stdin: NodeJS.WritableStream, frames: readonly Frame[]): Promise<void> {
  const parts = frames.flatMap(({ isBinary, bytes }) => {
    const header = Buffer.alloc(HEADER_BYTES);
    header.write(isBinary ? 'b' : 't');
    header.writeUInt32BE(bytes.length, 1);
    return [header, bytes];
  });
  return new Promise((resolve, reject) => {
    stdin.write(Buffer.concat(parts), (error) => {
      if (error) {
        reject(error);
      } else {
        resolve();
      }
    });
  });
}
