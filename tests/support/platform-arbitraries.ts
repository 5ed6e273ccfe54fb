import fc from 'fast-check';
import { PROOF_HEADER } from '../../adapters/identity-ocelot/index.ts';
import {
  MAX_BODY_BYTES,
  ROUTES,
  type HttpHeaders,
  type HttpRequest,
  type RequestBody,
} from '../../adapters/http/index.ts';
import { ada, AGENT, agentApp, CLIENT, clientApp, STRANGER, strangerApp, UNKNOWN } from './platform-cast.ts';
import { PROOF, throughOcelot } from './platform-edge.ts';
import { toHeaders } from './platform-requests.ts';

/** One character a byte, as a host hands header values over. */
const latin1 = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 40 });
const knownNames = fc.constantFrom(
  ...[
    PROOF_HEADER,
    'client-id',
    'user-id',
    'x-bayer-user',
    'user-profile',
    'content-type',
    'content-encoding',
  ],
  ...['authorization', 'x-request-id', 'user-agent', 'x-forwarded-for', 'accept', 'client_id', 'clientid'],
  ...['user.id', 'x-bayer_user', 'userprofile', '__proto__', 'constructor', 'host', 'transfer-encoding'],
);
const values = fc.oneof(
  latin1,
  fc.constantFrom(
    '',
    ' ',
    ',',
    PROOF,
    AGENT,
    CLIENT,
    `${CLIENT},${AGENT}`,
    AGENT.toUpperCase(),
    'null',
    '{}',
  ),
  fc.constantFrom(
    'application/json',
    'application/json; charset=latin1',
    'gzip',
    'text/plain',
    'a'.repeat(9000),
  ),
  fc.json({ maxDepth: 2 }),
);
const strangeHeaders = fc.array(
  fc.tuple(
    fc.oneof(
      knownNames,
      latin1.map((name) => name.toLowerCase()),
    ),
    fc.array(values, { maxLength: 3 }),
  ),
  { maxLength: 3 },
);

const callers = fc.constantFrom(agentApp, clientApp, strangerApp, ada);

/** A caller's true headers, some of them then replaced, repeated or joined by strange ones. */
const callerHeaders: fc.Arbitrary<HttpHeaders> = fc
  .tuple(
    callers,
    fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
    fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, strangeHeaders),
  )
  .map(([caller, typed, strange]) => {
    const own = { ...throughOcelot(caller), ...(typed ? { 'content-type': 'application/json' } : {}) };
    return new Map<string, readonly string[]>([...toHeaders(own), ...strange]);
  });

const agentIds = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(AGENT, AGENT.toUpperCase()) },
  fc.constantFrom(UNKNOWN, STRANGER, `{${AGENT}}`, ''),
);
/** Fields that would give more than the platform gives, if anybody read them. */
const greed = fc.dictionary(
  fc.constantFrom(
    'permissions',
    'room_name',
    'room_config',
    'participant_identity',
    'participant_attributes',
    'participant_name',
    'grants',
    'ttl',
    '__proto__',
    'video',
  ),
  fc.oneof(
    fc.constantFrom('admin', true, 999_999, ''),
    fc.constantFrom({ can_update_own_metadata: true }, { can_publish_sources: [] }, { hidden: true }),
    fc.constantFrom(
      { 'lkps.user_id': CLIENT },
      { 'LKPS.client_id': AGENT },
      { 'lk.agent.state': 'listening' },
    ),
    fc.constant({ roomAdmin: true, room: '*' }),
    fc.jsonValue({ maxDepth: 1 }),
  ),
  { maxKeys: 2 },
);
/** What the contract lets a caller ask for. */
const wishes = fc.record(
  {
    permissions: fc.record(
      {
        can_publish: fc.boolean(),
        can_subscribe: fc.boolean(),
        can_publish_data: fc.boolean(),
        can_publish_sources: fc.uniqueArray(fc.constantFrom('camera', 'microphone', 'screen_share')),
      },
      { requiredKeys: [] },
    ),
    participant_name: fc.string({ maxLength: 10 }),
    participant_metadata: fc.string({ maxLength: 10 }),
    participant_attributes: fc.dictionary(
      fc.string({ minLength: 1, maxLength: 10 }),
      fc.string({ maxLength: 10 }),
      {
        maxKeys: 3,
      },
    ),
    agent_metadata: fc.string({ maxLength: 10 }),
  },
  { requiredKeys: [] },
);
const agentForms = agentIds.chain((agent) =>
  fc.constantFrom<object>(
    { agent_entra_app_id: agent },
    { room_config: { agents: [{ agent_name: agent }] } },
    { agent_entra_app_id: agent, room_config: {} },
    { room_config: { agents: [{ agent_name: agent, metadata: 'm' }], max_participants: 9 } },
  ),
);
const startBodies = fc
  .tuple(
    fc.oneof(
      agentIds.map((agent) => ({ agent_entra_app_id: agent })),
      agentForms,
    ),
    fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, wishes),
    fc.oneof({ weight: 5, arbitrary: fc.constant({}) }, greed),
  )
  .map(([agent, wished, more]) => toBytes(JSON.stringify({ ...agent, ...wished, ...more })));
const emptyBodies = fc.constantFrom('', '{}').map(toBytes);

const bodies: fc.Arbitrary<RequestBody> = fc.oneof(
  { weight: 6, arbitrary: startBodies },
  { weight: 3, arbitrary: emptyBodies },
  { weight: 3, arbitrary: fc.json({ maxDepth: 3 }).map(toBytes) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  { weight: 2, arbitrary: fc.constantFrom<RequestBody>('too_large', new Uint8Array(MAX_BODY_BYTES)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('[', '[['.repeat(20_000), '"\\ud800"', '{"a":1}{}', '\ufeff{}').map(toBytes),
  },
);

const paths = fc.constantFrom(...ROUTES.map(({ path }) => path));
const strangePaths = fc.oneof(
  fc.constantFrom('/', '', '/api/session/start/', '//api/health', '/api/%68ealth', '/API/HEALTH'),
  fc.webPath(),
  fc.string(),
);
const methods = fc.constantFrom('GET', 'HEAD', 'POST');
const strangeMethods = fc.oneof(fc.constantFrom('PUT', 'DELETE', 'OPTIONS', 'post', ''), fc.string());
const surroundings = {
  query: fc.webQueryParameters().map((query) => new URLSearchParams(query)),
  headers: callerHeaders,
  peerAddress: fc.oneof(fc.ipV4(), fc.ipV6(), fc.string(), fc.constant(undefined)),
};

/** Right in method, path and body, as a rule; who asks, and how, is open. */
const coherent: fc.Arbitrary<HttpRequest> = fc.oneof(
  fc.record({
    ...surroundings,
    method: fc.constant('POST'),
    path: fc.constant('/api/agent/register'),
    body: emptyBodies,
  }),
  fc.record({
    ...surroundings,
    method: fc.constant('POST'),
    path: fc.constant('/api/session/start'),
    body: startBodies,
  }),
);
const strange: fc.Arbitrary<HttpRequest> = fc.record({
  ...surroundings,
  method: fc.oneof({ weight: 4, arbitrary: methods }, strangeMethods),
  path: fc.oneof({ weight: 4, arbitrary: paths }, strangePaths),
  body: bodies,
});

/** What a host may hand over: right, nearly right, and nonsense. */
export const requests: fc.Arbitrary<HttpRequest> = fc.oneof(coherent, strange);

export function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
