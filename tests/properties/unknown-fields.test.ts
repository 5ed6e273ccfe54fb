import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AGENT, agentApp, clientApp, withRegisteredAgent } from '../support/platform-cast.ts';
import { platformAtTheEdge, throughOcelot } from '../support/platform-edge.ts';
import { jsonOf, registerRequest, startRequest } from '../support/platform-requests.ts';
import { traceOf } from '../support/platform-trace.ts';

const KNOWN = [
  ...[
    'agent_entra_app_id',
    'agent_metadata',
    'permissions',
    'room_name',
    'room_config',
    'client_authorization',
  ],
  ...['participant_name', 'participant_metadata', 'participant_attributes', 'participant_identity'],
];
const START = { agent_entra_app_id: AGENT };
const fieldNames = fc
  .oneof(
    fc.constantFrom('room', 'grants', 'ttl', 'identity', 'roomName', 'can_publish', 'hidden', 'metadata'),
    fc.constantFrom('__proto__', 'constructor', 'toString', '', 'agent_entra_app_id ', 'AGENT_ENTRA_APP_ID'),
    fc.string(),
  )
  .filter((name) => !KNOWN.includes(name));

/** An object as JSON, so that `__proto__` is a field like any other. */
function withField(fields: Readonly<Record<string, unknown>>, name: string, value: unknown): Uint8Array {
  const members = [...Object.entries(fields), [name, value]].map((member) =>
    member.map((part) => JSON.stringify(part)).join(':'),
  );
  return new TextEncoder().encode(`{${members.join(',')}}`);
}

/** `__proto__` is named before anything else, at whatever depth: what reads the fields would not see it. */
function hides(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    (Object.hasOwn(value, '__proto__') || Object.values(value).some(hides))
  );
}

describe('invariant 5, for fields: what a request asks beyond the contract', () => {
  it('is a 400 that names it, never ignored, and changes nothing', () =>
    fc.assert(
      fc.asyncProperty(fieldNames, fc.jsonValue({ maxDepth: 1 }), async (name, value) => {
        const platform = await withRegisteredAgent(platformAtTheEdge());
        const start = startRequest(throughOcelot(clientApp), AGENT);
        const register = registerRequest({ ...throughOcelot(agentApp), 'content-type': 'application/json' });
        const before = traceOf(platform);
        const path = hides(value) ? '__proto__' : name.slice(0, 64);
        for (const request of [
          { ...start, body: withField(START, name, value) },
          { ...register, body: withField({}, name, value) },
        ]) {
          const response = await platform.handler(request);
          expect(response.status).toBe(400);
          expect(jsonOf(response)).toMatchObject({
            code: 'invalid_request',
            errors: [{ path, message: 'unknown field' }],
          });
        }
        expect(traceOf(platform)).toEqual(before);
      }),
      { numRuns: 300 },
    ));
});
