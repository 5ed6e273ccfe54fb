import { EDGE_SETTINGS } from '../../composition/edge-settings.ts';

/** A part of the run, against a process of the service with settings of its own. */
export interface Phase {
  readonly name: string;
  /** Of all requests. */
  readonly share: number;
  readonly env: Readonly<Record<string, string>>;
  readonly rateLimited: boolean;
  readonly overloaded: boolean;
  /** Times those asked for. */
  readonly connections: number;
}

/** Without limits that would hide everything else; everything that can be logged is. */
const OPEN: Readonly<Record<string, string>> = {
  LKPS_RATE_LIMIT_CALLER: 'off',
  LKPS_RATE_LIMIT_CLIENT: 'off',
  LKPS_REFUSAL_ROWS: 'off',
  LKPS_MAX_OPEN_SESSIONS: '1000000',
  LKPS_CORS_ORIGINS: 'https://fuzz.lkps.test',
  LKPS_LOG_LEVEL: 'trace',
};

const DEFAULT_LIMITS = Object.fromEntries(
  Object.entries(EDGE_SETTINGS).map(([name, setting]) => [name, setting.default]),
);

/** The first is the stack's own service, which is also the one that LiveKit's webhooks go to. */
export const PHASES: readonly [Phase, ...Phase[]] = [
  { name: 'open', share: 0.8, env: OPEN, rateLimited: false, overloaded: false, connections: 1 },
  {
    name: 'limits',
    share: 0.12,
    env: { ...OPEN, ...DEFAULT_LIMITS },
    rateLimited: true,
    overloaded: false,
    connections: 1,
  },
  {
    name: 'overload',
    share: 0.08,
    env: { ...OPEN, LKPS_MAX_IN_FLIGHT: '2' },
    rateLimited: false,
    overloaded: true,
    connections: 4,
  },
];
