import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { isAttempt, type Attempt } from './attempts.ts';
import type { Access } from './joining.ts';
import type { ProbeOptions } from './probe-join.ts';
import type { StayOptions } from './stay.ts';
import type { TalkOptions } from './talk.ts';
import { randomToneHz } from './tone.ts';
import type { TryOptions } from './try-out.ts';

export const USAGE = `usage: LKPS_CLIENT_URL=ws://.. LKPS_CLIENT_TOKEN=.. node main.ts <scenario> [--timeout seconds]
  talk        [--nonce text (or LKPS_CLIENT_NONCE)] [--tone hz]
  stay        --seconds n [--ask]
  try         --attempt what .. [--seconds n] [--nonce text] [--tone hz]
  probe-join  [--query name=value ..] [--via library|websocket]`;

type Scenario =
  | { readonly name: 'talk'; readonly options: TalkOptions }
  | { readonly name: 'stay'; readonly options: StayOptions }
  | { readonly name: 'try'; readonly options: TryOptions }
  | { readonly name: 'probe-join'; readonly options: ProbeOptions };

export interface Invocation {
  readonly access: Access;
  readonly scenario: Scenario;
  readonly timeoutMs: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The token comes by environment only: arguments are visible to every user of the machine. */
export function parseInvocation(argv: readonly string[], env: Environment): Invocation {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      timeout: { type: 'string' },
      nonce: { type: 'string' },
      tone: { type: 'string' },
      seconds: { type: 'string' },
      ask: { type: 'boolean', default: false },
      attempt: { type: 'string', multiple: true, default: [] },
      query: { type: 'string', multiple: true, default: [] },
      via: { type: 'string', default: 'library' },
    },
  });
  const seconds = positive('--seconds', values.seconds ?? '10');
  return {
    access: { url: required(env, 'LKPS_CLIENT_URL'), token: required(env, 'LKPS_CLIENT_TOKEN') },
    scenario: parseScenario(positionals, env, { ...values, seconds }),
    timeoutMs:
      1000 * positive('--timeout', values.timeout ?? String(positionals[0] === 'stay' ? seconds + 20 : 30)),
  };
}

interface Values {
  readonly nonce?: string | undefined;
  readonly tone?: string | undefined;
  readonly seconds: number;
  readonly ask: boolean;
  readonly attempt: readonly string[];
  readonly query: readonly string[];
  readonly via: string;
}

function parseScenario(positionals: readonly string[], env: Environment, values: Values): Scenario {
  const [name, ...rest] = positionals;
  if (rest.length > 0) throw new Error(`unexpected argument ${rest.join(' ')}`);
  switch (name) {
    case 'talk':
      return { name, options: parseTalk(env, values) };
    case 'stay':
      return { name, options: { seconds: values.seconds, asks: values.ask } };
    case 'try': {
      const attempts = values.attempt.map(parseAttempt);
      return { name, options: { ...parseTalk(env, values), attempts, seconds: values.seconds } };
    }
    case 'probe-join':
      return {
        name,
        options: { query: new URLSearchParams(values.query.map(pair)), via: parseVia(values.via) },
      };
    case undefined:
    default:
      throw new Error(`unknown scenario ${name ?? '(none)'}`);
  }
}

function parseTalk(env: Environment, values: Values): TalkOptions {
  return {
    nonce: values.nonce ?? env['LKPS_CLIENT_NONCE'] ?? randomUUID(),
    toneHz: values.tone === undefined ? randomToneHz() : positive('--tone', values.tone),
  };
}

function parseAttempt(text: string): Attempt {
  if (!isAttempt(text)) throw new Error(`unknown attempt ${text}`);
  return text;
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new Error(`--query wants name=value, not ${text}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function parseVia(text: string): ProbeOptions['via'] {
  if (text !== 'library' && text !== 'websocket') throw new Error('--via is library or websocket');
  return text;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`${name} must be a positive number`);
  return value;
}

function required(env: Environment, name: string): string {
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}
