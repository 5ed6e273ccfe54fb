import { CANARY_JWT } from './canaries.ts';
import { callerHeaders, type Caller } from './callers.ts';
import type { Header, Message } from './message.ts';
import type { Random } from './random.ts';
import { jsonBytes, sessionFields, utf8 } from './session-body.ts';

const HOST: Header = ['host', 'lkps.test'];
const JSON_TYPE: Header = ['content-type', 'application/json'];

interface Base {
  readonly name: string;
  readonly weight: number;
  readonly verdict: 'must' | 'must_not';
  readonly make: (random: Random) => Pick<Message, 'operation' | 'method' | 'target' | 'headers' | 'body'>;
}

const start = (agent: string, caller: Caller) => (random: Random) => ({
  operation: 'start' as const,
  method: 'POST',
  target: '/api/session/start',
  headers: [HOST, ...callerHeaders(caller), JSON_TYPE],
  body: jsonBytes(sessionFields(agent, caller, random)),
});

const register = (callers: readonly Caller[]) => (random: Random) => {
  const body = random.pick(['', '', '{}', '{"client_authorization":"required"}', ' { } ']);
  return {
    operation: 'register' as const,
    method: 'POST',
    target: '/api/agent/register',
    headers: [HOST, ...callerHeaders(random.pick(callers)), ...(body === '' ? [] : [JSON_TYPE])],
    body,
  };
};

const webhook = (signature: string) => (random: Random) => {
  const event = {
    event: random.pick(['room_started', 'room_finished', 'participant_joined', 'participant_left', 'x', '']),
    id: `EV_${random.hex(12)}`,
    room: { name: random.pick([`s-${random.hex(32)}`, 'elsewhere', '']), sid: `RM_${random.hex(12)}` },
    participant: { identity: random.pick(['x', 'app-', utf8('\u00eb')]), sid: `PA_${random.hex(8)}` },
  };
  return {
    operation: 'webhook' as const,
    method: 'POST',
    target: '/livekit/webhook',
    headers: [HOST, ['authorization', signature], ['content-type', 'application/webhook+json']] as const,
    body: JSON.stringify(event),
  };
};

const UNKNOWN_PATHS = [
  ...[
    '/',
    '/metrics',
    '/livez',
    '/api',
    '/api/agent',
    '/.env',
    '/api/session/start.json',
    '/api/health/live',
  ],
  ...['/twirp/livekit.RoomService/CreateRoom', '/agent', '/rtc', '/livekit/webhook/x', '/api/session/starts'],
];

/** What requests are made from, before anything about them is changed. */
const BASES: readonly Base[] = [
  application('client-a', 22),
  application('agent-a', 4),
  {
    name: 'start: a user',
    weight: 10,
    verdict: 'must',
    make: start('{{agent-a}}', { client: 'client-a', kind: 'user' }),
  },
  {
    name: 'start: a client that is not pre-authorised',
    weight: 5,
    verdict: 'must_not',
    make: start('{{agent-a}}', { client: 'client-b', kind: 'application' }),
  },
  {
    name: 'start: an agent that never registers',
    weight: 4,
    verdict: 'must_not',
    make: start('{{client-unlisted}}', { client: 'client-a', kind: 'application' }),
  },
  {
    name: 'register: an application',
    weight: 18,
    verdict: 'must',
    make: register([
      { client: 'agent-a', kind: 'application' },
      { client: 'agent-b', kind: 'application' },
    ]),
  },
  {
    name: 'register: a user',
    weight: 4,
    verdict: 'must_not',
    make: register([{ client: 'agent-a', kind: 'user' }]),
  },
  { name: 'nobody', weight: 6, verdict: 'must_not', make: nobody },
  { name: 'health', weight: 4, verdict: 'must', make: health },
  { name: 'webhook: signed', weight: 5, verdict: 'must', make: webhook('{{signature}}') },
  { name: 'webhook: forged', weight: 4, verdict: 'must_not', make: webhook(CANARY_JWT) },
  { name: 'unknown path', weight: 5, verdict: 'must_not', make: unknownPath },
  { name: 'preflight', weight: 3, verdict: 'must', make: preflight },
];

function application(client: 'client-a' | 'agent-a', weight: number): Base {
  const make = start('{{agent-a}}', { client, kind: 'application' });
  return { name: `start: ${client}`, weight, verdict: 'must', make };
}

function nobody(random: Random): ReturnType<Base['make']> {
  const caller: Caller = { client: 'client-a', kind: 'application' };
  const made = random.chance(0.5)
    ? start('{{agent-a}}', caller)(random)
    : register([{ client: 'agent-a', kind: 'application' }])(random);
  const kept = made.headers.filter(([name]) => name === 'host' || name === 'content-type');
  return { ...made, headers: [...kept, ['authorization', `Bearer ${CANARY_JWT}`]] };
}

function health(random: Random): ReturnType<Base['make']> {
  const method = random.pick(['GET', 'GET', 'HEAD']);
  return { operation: 'health', method, target: '/api/health', headers: [HOST], body: '' };
}

function unknownPath(random: Random): ReturnType<Base['make']> {
  const caller: Caller = { client: 'client-a', kind: 'application' };
  const method = random.pick(['GET', 'POST', 'PUT', 'OPTIONS']);
  const headers = [HOST, ...callerHeaders(caller)];
  return { operation: 'none', method, target: random.pick(UNKNOWN_PATHS), headers, body: '' };
}

function preflight(random: Random): ReturnType<Base['make']> {
  const origin = random.pick(['https://fuzz.lkps.test', 'https://evil.test', 'null', '']);
  return {
    operation: 'preflight',
    method: 'OPTIONS',
    target: random.pick(['/api/agent/register', '/api/session/start']),
    headers: [HOST, ['origin', origin], ['access-control-request-method', 'POST']],
    body: '',
  };
}

export function baseRequest(random: Random): Message {
  const { name, verdict, make } = random.weighted(BASES);
  const made = make(random);
  return {
    ...made,
    verdict,
    story: [name],
    version: 'HTTP/1.1',
    framing: made.body === '' ? { kind: 'none' } : { kind: 'length' },
  };
}
