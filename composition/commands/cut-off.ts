import {
  parseOperatorNote,
  type EndSessionsInput,
  type OperatorNote,
  type RevokeAgentInput,
} from '../../core/index.ts';
import { ConfigError } from '../config.ts';
import { onlyPositional, parsed, type CommandIo } from './command.ts';
import { endSessions } from './end-sessions.ts';
import { withRecords, withRooms, type Records } from './operator.ts';

export const REASON = { reason: { type: 'string' } } as const;
export const REASON_AND_SESSIONS = { ...REASON, 'keep-sessions': { type: 'boolean' } } as const;

interface CutOffOptions {
  readonly reason?: string | undefined;
  readonly 'keep-sessions'?: boolean | undefined;
}

/** Whom a command is about, and why: `<what> [--reason text]`. */
export interface Target<Id> {
  readonly id: Id;
  readonly note: { readonly note?: OperatorNote };
}

export function parseTarget<Id>(
  what: string,
  positionals: readonly string[],
  { reason }: CutOffOptions,
  parse: (raw: string) => Id,
): Target<Id> {
  const id = parsed(`<${what}>`, onlyPositional(positionals, what), parse);
  const note = parsed('--reason', reason, parseOperatorNote);
  return { id, note: note === undefined ? {} : { note } };
}

export interface CutOffAct {
  /** @returns what to say of it. */
  readonly cutOff: (sessions: RevokeAgentInput['sessions']) => Promise<string>;
  readonly toEnd: EndSessionsInput;
  /** What to say where nobody here knows it: a slip in the id looks just like this. */
  readonly unknown: () => Promise<string | undefined>;
}

/** Cuts off, then ends what is open unless told to keep it, then looks whether it was anybody. */
export async function cutOff(
  actOn: (records: Records) => Promise<CutOffAct> | CutOffAct,
  options: CutOffOptions,
  io: CommandIo,
): Promise<0 | 1> {
  const warn = async ({ unknown }: CutOffAct): Promise<void> => {
    const warning = await unknown();
    if (warning !== undefined) {
      io.err(`lkps: ${warning}\n`);
    }
  };
  if (options['keep-sessions'] === true) {
    await withRecords(io.env, async (records) => {
      const act = await actOn(records);
      io.out(`${await act.cutOff('kept')}\nits open sessions go on\n`);
      await warn(act);
    });
    return 0;
  }
  try {
    return await withRooms(io.env, async (records) => {
      const act = await actOn(records);
      io.out(`${await act.cutOff('to_end')}\n`);
      const code = await endSessions(records, act.toEnd, io);
      await warn(act);
      return code;
    });
  } catch (error) {
    throw isOnlyLiveKitMissing(error) ? new ConfigError(error.problems, HINT) : error;
  }
}

const HINT = '--keep-sessions cuts off without LiveKit and leaves sessions open';

function isOnlyLiveKitMissing(error: unknown): error is ConfigError {
  return error instanceof ConfigError && error.problems.every((line) => line.startsWith('LKPS_LIVEKIT_'));
}
