import { beforeEach, describe, expect, it } from 'vitest';
import type { HttpResponse } from '../../../adapters/http/index.ts';
import {
  ADA,
  ada,
  AGENT,
  CLIENT,
  clientApp,
  STRANGER,
  withRegisteredAgent,
} from '../../support/platform-cast.ts';
import { platformAtTheEdge, throughOcelot } from '../../support/platform-edge.ts';
import type { Platform } from '../../support/platform-over-memory.ts';
import { jsonOf, startRequest } from '../../support/platform-requests.ts';
import { tokensIn } from '../../support/platform-tokens.ts';
import { traceOf } from '../../support/platform-trace.ts';

let platform: Platform;
beforeEach(async () => {
  platform = await withRegisteredAgent(platformAtTheEdge());
});

const NAMED = { agent_entra_app_id: AGENT };
const ASKED_BY_LIVEKIT = { room_config: { agents: [{ agent_name: AGENT, metadata: 'm' }] } };

function start(body: unknown, caller = ada): Promise<HttpResponse> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const request = startRequest(throughOcelot(caller), AGENT);
  return platform.handler({ ...request, body: new TextEncoder().encode(text) });
}

describe('a request to start a session', () => {
  const FULL = { canPublish: true, canSubscribe: true, canPublishData: true };
  it.each([
    ['nothing given up', {}, FULL],
    ['all permissions said', { can_publish: true, can_subscribe: true, can_publish_data: true }, FULL],
    [
      'listen-only',
      { can_publish: false, can_publish_data: false },
      { ...FULL, canPublish: false, canPublishData: false },
    ],
    ['no tracks of others', { can_subscribe: false }, { ...FULL, canSubscribe: false }],
    ['a source', { can_publish_sources: ['microphone'] }, { ...FULL, canPublishSources: ['microphone'] }],
  ])('gets exactly the grants it asks for: %s', async (_, permissions, grants) => {
    const [token] = tokensIn(await start({ ...NAMED, permissions }));
    const room = platform.rooms.requests.at(-1)?.room;
    expect(token?.video).toStrictEqual({ roomJoin: true, room, canUpdateOwnMetadata: false, ...grants });
  });

  it('reads every field it may set, at its limit', async () => {
    const attributes = Object.fromEntries(
      Array.from({ length: 32 }, (_, index) => [`a${index}`, 'x'.repeat(60)]),
    );
    const response = await start({
      ...NAMED,
      agent_metadata: 'ä'.repeat(8192),
      participant_name: '👩‍💻'.repeat(42),
      participant_metadata: 'ä'.repeat(512),
      participant_attributes: { ...attributes, a0: 'x'.repeat(10) },
    });
    expect(response.status).toBe(201);
    expect(platform.rooms.requests.at(-1)?.agentMetadata).toBe('ä'.repeat(8192));
    expect(JSON.stringify(tokensIn(response))).not.toContain('ä'.repeat(513)); // nowhere in the token
    const [issued] = tokensIn(response);
    expect(issued?.['name']).toBe('👩‍💻'.repeat(42));
    expect(issued?.['metadata']).toBe('ä'.repeat(512));
    expect(issued?.attributes).toMatchObject({ ...attributes, a0: 'x'.repeat(10) });
  });

  it.each([
    ["LiveKit's form", ASKED_BY_LIVEKIT],
    ['both forms, agreed', { ...NAMED, ...ASKED_BY_LIVEKIT, agent_metadata: 'm' }],
    ['both, in another case', { agent_entra_app_id: AGENT.toUpperCase(), ...ASKED_BY_LIVEKIT }],
  ])('reaches the agent by %s', async (_, body) => {
    expect((await start(body)).status).toBe(201);
    expect(platform.rooms.requests).toMatchObject([{ agent: AGENT, agentMetadata: 'm' }]);
  });

  it.each([
    ['an empty room_config, as Swift sends it', { room_config: {} }],
    ['no agent in it', { room_config: { agents: [] } }],
    [
      'empty texts',
      { room_name: '', participant_identity: '', participant_name: '', participant_metadata: '' },
    ],
    ['its own identity', { participant_identity: `user-${ADA}` }],
  ])('takes for not said: %s', async (_, more) => {
    const [token] = tokensIn(await start({ ...NAMED, ...more }));
    expect(token?.sub).toBe(`user-${ADA}`);
    expect(token).not.toHaveProperty('name');
  });

  const agents = (...names: readonly string[]): object => ({
    room_config: { agents: names.map((name) => ({ agent_name: name })) },
  });

  it.each([
    ['a room', { ...NAMED, room_name: 'mine' }, 'room_name'],
    ['somebody else', { ...NAMED, participant_identity: `app-${CLIENT}` }, 'participant_identity'],
    [
      'its identity in another case',
      { ...NAMED, participant_identity: `USER-${ADA}` },
      'participant_identity',
    ],
    ['how long the room lives', { ...NAMED, room_config: { empty_timeout: 1 } }, 'room_config.empty_timeout'],
    ['egress', { ...NAMED, room_config: { egress: {} } }, 'room_config.egress'],
    ['room_config.name', { ...NAMED, room_config: { name: '' } }, 'room_config.name'],
    [
      'a deployment',
      { room_config: { agents: [{ agent_name: AGENT, deployment: 'x' }] } },
      'room_config.agents.0.deployment',
    ],
    ['two agents', agents(AGENT, AGENT), 'room_config.agents'],
    ['two different agents', { ...NAMED, ...agents(STRANGER) }, 'room_config.agents.0.agent_name'],
    [
      'two different words to the agent',
      { ...ASKED_BY_LIVEKIT, ...NAMED, agent_metadata: 'n' },
      'room_config.agents.0.metadata',
    ],
    ['an admin right', { ...NAMED, permissions: { room_admin: true } }, 'permissions.room_admin'],
    ['to be hidden', { ...NAMED, permissions: { hidden: true } }, 'permissions.hidden'],
    [
      'to change its own metadata',
      { ...NAMED, permissions: { can_update_own_metadata: true } },
      'permissions.can_update_own_metadata',
    ],
    [
      'sources without publishing',
      { ...NAMED, permissions: { can_publish: false, can_publish_sources: ['camera'] } },
      'permissions.can_publish_sources',
    ],
    [
      "the platform's attributes",
      { ...NAMED, participant_attributes: { 'lkps.user_id': 'x' } },
      'participant_attributes.lkps.user_id',
    ],
    [
      "LiveKit's attributes",
      { ...NAMED, participant_attributes: { 'LK.agent': 'x' } },
      'participant_attributes.LK.agent',
    ],
  ])('is never taken to choose %s', async (_, body, path) => {
    const before = traceOf(platform);
    const response = await start(body);
    expect(response.status).toBe(400);
    const problem = jsonOf(response);
    expect(problem).toMatchObject({ code: 'forbidden_field', errors: [{ path: path.slice(0, 64) }] });
    expect(traceOf(platform)).toEqual(before);
  });

  it.each([
    ['no agent', {}, 'agent_entra_app_id'],
    ['no agent but a room_config', { room_config: {} }, 'agent_entra_app_id'],
    [
      'an agent without a name',
      { room_config: { agents: [{ metadata: 'm' }] } },
      'room_config.agents.0.agent_name',
    ],
    ['an agent that is no GUID', agents('echo'), 'room_config.agents.0.agent_name'],
    ['no source', { ...NAMED, permissions: { can_publish_sources: [] } }, 'permissions.can_publish_sources'],
    [
      'a source twice',
      { ...NAMED, permissions: { can_publish_sources: ['camera', 'camera'] } },
      'permissions.can_publish_sources',
    ],
    [
      'an unknown source',
      { ...NAMED, permissions: { can_publish_sources: ['all'] } },
      'permissions.can_publish_sources.0',
    ],
    ['a right as text', { ...NAMED, permissions: { can_publish: 'false' } }, 'permissions.can_publish'],
    ['a right that is null', { ...NAMED, permissions: { can_publish: null } }, 'permissions.can_publish'],
    ['permissions as a list', { ...NAMED, permissions: [] }, 'permissions'],
    ['a long word to the agent', { ...NAMED, agent_metadata: 'ä'.repeat(8193) }, 'agent_metadata'],
    ['a long name', { ...NAMED, participant_name: 'x'.repeat(129) }, 'participant_name'],
    ['a name with a line break', { ...NAMED, participant_name: 'a\nb' }, 'participant_name'],
    ['long metadata', { ...NAMED, participant_metadata: 'ä'.repeat(513) }, 'participant_metadata'],
    ['half a character', { ...NAMED, participant_metadata: '\ud800' }, 'participant_metadata'],
    ['NUL', { ...NAMED, agent_metadata: 'a\0' }, 'agent_metadata'],
    ['attributes as a list', { ...NAMED, participant_attributes: ['a'] }, 'participant_attributes'],
    [
      'an attribute that is a number',
      { ...NAMED, participant_attributes: { a: 1 } },
      'participant_attributes.a',
    ],
    [
      'an attribute without a name',
      { ...NAMED, participant_attributes: { '': 'x' } },
      'participant_attributes.',
    ],
    [
      'a long attribute name',
      { ...NAMED, participant_attributes: { ['k'.repeat(65)]: 'x' } },
      `participant_attributes.${'k'.repeat(65)}`,
    ],
    [
      'a long attribute',
      { ...NAMED, participant_attributes: { a: 'x'.repeat(257) } },
      'participant_attributes.a',
    ],
    [
      '33 attributes',
      {
        ...NAMED,
        participant_attributes: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`a${i}`, ''])),
      },
      'participant_attributes',
    ],
    [
      'attributes too large in all',
      {
        ...NAMED,
        participant_attributes: Object.fromEntries(
          Array.from({ length: 9 }, (_, i) => [`a${i}`, 'x'.repeat(256)]),
        ),
      },
      'participant_attributes',
    ],
  ])('is refused for %s, by the name of the field', async (_, body, path) => {
    const before = traceOf(platform);
    const response = await start(body);
    expect(response.status).toBe(400);
    expect(jsonOf(response)).toMatchObject({
      code: 'invalid_request',
      errors: [{ path: path.slice(0, 64) }],
    });
    expect(traceOf(platform)).toEqual(before);
  });

  it.each([
    '"participant_attributes":{"__proto__":"x"}',
    '"permissions":{"__proto__":{"room_admin":true}}',
    '"room_config":{"__proto__":{"egress":{}}}',
    `"room_config":{"agents":[{"agent_name":"${AGENT}","__proto__":{}}]}`,
    '"permissions":{"can_publish_sources":[{"__proto__":1}]}',
  ])('is refused for a field that JavaScript would lose: %s', async (field) => {
    const response = await start(`{"agent_entra_app_id":"${AGENT}",${field}}`);
    expect(jsonOf(response)).toMatchObject({ code: 'invalid_request', errors: [{ path: '__proto__' }] });
  });

  it('never echoes what was sent', async () => {
    const response = await start(
      { ...NAMED, room_name: 'canary', agent_metadata: 'canary'.repeat(4000) },
      clientApp,
    );
    expect(JSON.stringify(jsonOf(response))).not.toContain('canary');
  });
});
