import { MAX_BODY_BYTES } from '../../adapters/http/index.ts';
import { no, ok, post, REGISTER, START, webhook, type HttpCase } from './http-case.ts';
import { JSON_TYPE, startBody, type Stage } from './http-stage.ts';
import type { RawRequest } from './http-message.ts';

const starts = ({ as }: Stage): RawRequest => post(START, [as('client'), JSON_TYPE], startBody);

const FULL = { stage: { maxInFlight: 0 } };
const OFFLINE = { stage: { agentIsOffline: true } };

/** What the service says when something behind it fails. */
export const HTTP_FAILURE_CASES: readonly HttpCase[] = [
  no('a start without a directory', 503, 'authorization_unavailable', starts, {
    stage: { failing: 'directory' },
  }),
  no('a start without LiveKit', 503, 'livekit_unavailable', starts, { stage: { failing: 'rooms' } }),
  no('a start that cannot be put on record', 503, 'audit_unavailable', starts, {
    stage: { failing: 'sessions' },
  }),
  no('a start while no worker of the agent is online', 503, 'agent_unavailable', starts, OFFLINE),
  no(
    'a start of one who may not reach that agent',
    403,
    'client_not_authorized',
    ({ as }) => post(START, [as('stranger'), JSON_TYPE], startBody),
    OFFLINE,
  ),
  no('a start while nobody knows who is online', 503, 'audit_unavailable', starts, {
    stage: { failing: 'workers' },
  }),
  no('a refusal that cannot be put on record', 503, 'audit_unavailable', () => post(REGISTER, []), {
    stage: { failing: 'audit' },
  }),
  no(
    'a registration that cannot be put on record',
    503,
    'audit_unavailable',
    ({ as }) => post(REGISTER, [as('agent')]),
    { stage: { failing: 'agents' } },
  ),
  no('a start that meets a defect', 500, 'internal_error', starts, { stage: { failing: 'tokens' } }),
  no('a webhook that meets a defect', 500, 'internal_error', webhook, { stage: { failing: 'webhooks' } }),
  no('a start while as much is in flight as may be', 503, 'overloaded', starts, FULL),
  no('a registration then', 503, 'overloaded', ({ as }) => post(REGISTER, [as('agent')]), FULL),
  no('a webhook then', 503, 'overloaded', webhook, FULL),
  no('nobody, then', 503, 'overloaded', () => post(REGISTER, []), FULL),
  no(
    'a body over the limit, then',
    503,
    'overloaded',
    ({ as }) => ({
      ...post(START, [as('client'), JSON_TYPE]),
      body: new Uint8Array(MAX_BODY_BYTES + 1),
    }),
    FULL,
  ),
  ok('a probe then', 200, () => ({ method: 'GET', target: '/api/health' }), FULL),
  no(
    'a start of a caller over their limit',
    429,
    'rate_limited',
    ({ as }) => post(START, [as('ada'), JSON_TYPE], startBody),
    {
      stage: { limits: { perCaller: { requests: 0, windowMs: 10_000 } } },
    },
  ),
  no(
    'a registration of a client over its limit',
    429,
    'rate_limited',
    ({ as }) => post(REGISTER, [as('agent')]),
    {
      stage: { limits: { perClient: { requests: 0, windowMs: 10_000 } } },
    },
  ),
  ok('a probe while LiveKit is down', 503, () => ({ method: 'GET', target: '/api/health' }), {
    stage: { livekitIsDown: true },
  }),
  ok('a probe for headers while LiveKit is down', 503, () => ({ method: 'HEAD', target: '/api/health' }), {
    stage: { livekitIsDown: true },
  }),
];
