import { parseArgs, type ParseArgsConfig } from 'node:util';
import { LkpsError } from '../../core/index.ts';
import type { Environment } from '../setting-values.ts';

/** What a command may read and where it may write. */
export interface CommandIo {
  readonly env: Environment;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** @returns the exit code: 0 all is done, 1 something is not. @throws UsageError for arguments it does not know. */
export type Command = (args: readonly string[], io: CommandIo) => Promise<0 | 1>;

/** The command was not given as it is documented: nothing was done. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; allowPositionals: true; strict: true }>
>;

export function parseOptions<const O extends Options>(args: readonly string[], options: O): Parsed<O> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : 'bad arguments');
  }
}

export function onlyPositional(positionals: readonly string[], what: string): string {
  const [value, ...more] = positionals;
  if (value === undefined || more.length > 0) {
    throw new UsageError(`takes exactly one ${what}`);
  }
  return value;
}

export function noPositional(positionals: readonly string[]): void {
  if (positionals.length > 0) {
    throw new UsageError(`unexpected argument ${JSON.stringify(positionals[0])}`);
  }
}

/** What a parser of the core makes of an argument; undefined stays undefined. */
export function parsed<T>(name: string, raw: string, parse: (raw: string) => T): T;
export function parsed<T>(name: string, raw: string | undefined, parse: (raw: string) => T): T | undefined;
export function parsed<T>(name: string, raw: string | undefined, parse: (raw: string) => T): T | undefined {
  try {
    return raw === undefined ? undefined : parse(raw);
  } catch (error) {
    throw error instanceof LkpsError ? new UsageError(`${name}: ${error.message}`) : error;
  }
}

const MAX_LIMIT = 1000;

export function parseLimit(raw: string): number {
  if (!/^[1-9]\d{0,3}$/.test(raw) || Number(raw) > MAX_LIMIT) {
    throw new UsageError(`--limit: must be a whole number from 1 to ${MAX_LIMIT}`);
  }
  return Number(raw);
}

/** One of several commands under a common word. */
export function commandGroup(usage: string, commands: Readonly<Record<string, Command>>): Command {
  return async (args, io) => {
    const [name = '', ...rest] = args;
    if (name === 'help' || args.includes('--help')) {
      io.out(usage);
      return 0;
    }
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) {
      throw new UsageError(
        `${name === '' ? 'what to do is missing' : `unknown: ${JSON.stringify(name)}`}\n\n${usage}`,
      );
    }
    return command(rest, io);
  };
}
