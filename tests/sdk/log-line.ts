import { recordOf } from '../../dev/platform-client.ts';

/** One line of an agent's log, whichever library wrote it. */
export interface LogLine {
  readonly message: string;
  readonly level: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const PINO_LEVELS: Readonly<Record<string, string>> = {
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARNING',
  50: 'ERROR',
  60: 'CRITICAL',
};

/** A JSON line of upstream's logger: of Python's logging, or of pino. Undefined for any other line. */
export function parseLogLine(line: string): LogLine | undefined {
  if (!line.startsWith('{') || line.startsWith('{"event"')) return undefined;
  try {
    const { message, msg, level, ...fields } = recordOf(JSON.parse(line));
    const text = message ?? msg;
    if (typeof text !== 'string') return undefined;
    const name = String(level);
    return { message: text, level: PINO_LEVELS[name] ?? name.toUpperCase(), fields };
  } catch {
    return undefined;
  }
}
