import { beforeAll, describe, expect, it } from 'vitest';
import { textOf, utf8 } from '../../support/http-message.ts';
import { JSON_TYPE, openStage, startBody, toHttpRequest, type Stage } from '../../support/http-stage.ts';
import { AGENT, UNKNOWN } from '../../support/platform-cast.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The answer to a body, and that a refused one changed nothing. */
async function post(target: string, body: string | Uint8Array): Promise<Answer> {
  const { platform, as } = stage;
  const before = trace();
  const caller = target === '/api/session/start' ? as('client') : as('agent');
  const bytes = typeof body === 'string' ? utf8(body) : body;
  const headers = [caller, JSON_TYPE];
  const response = await platform.handler(toHttpRequest({ method: 'POST', target, headers, body: bytes }));
  if (response.status >= 400) {
    expect(trace()).toEqual(before);
  }
  return { status: response.status, body: JSON.parse(textOf(response.body)) as unknown };
}
const start = (body: string | Uint8Array): Promise<Answer> => post('/api/session/start', body);
const register = (body: string): Promise<Answer> => post('/api/agent/register', body);

function trace(): readonly number[] {
  const { rooms, tokens, sessions } = stage.platform;
  return [rooms.requests.length, tokens.issued.length, JSON.stringify(sessions).length];
}

function unknownField(path: string): object {
  return {
    status: 400,
    body: expect.objectContaining({
      code: 'invalid_request',
      errors: [{ path, message: 'unknown field' }],
    }) as unknown,
  };
}

describe('the body of a request', () => {
  it.for([
    'room',
    'grants',
    'roomConfig',
    'Agent_Entra_App_Id',
    'agentEntraAppId',
    'constructor',
    'toString',
    '__proto__',
    '',
  ])('is refused for a field %j that nobody knows, by its name', async (field) => {
    const members = `${JSON.stringify(field)}: {"a": 1}`;
    expect(await start(`{"agent_entra_app_id": "${AGENT}", ${members}}`)).toMatchObject(unknownField(field));
    expect(await register(`{${members}}`)).toMatchObject(unknownField(field));
  });

  it('is refused for every unknown field at once, up to a bound', async () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`field_${index}`, 1]));
    const { status, body } = await start(JSON.stringify({ ...many, agent_entra_app_id: AGENT }));
    expect(status).toBe(400);
    expect(body).toHaveProperty('errors.length', 20);
    expect(body).toHaveProperty('errors.0.path', 'field_0');
  });

  it('is told back a long or hostile name only as far as needed', async () => {
    const { body } = await start(JSON.stringify({ agent_entra_app_id: AGENT, ['x'.repeat(10_000)]: 1 }));
    expect(body).toHaveProperty('errors', [{ path: 'x'.repeat(64), message: 'unknown field' }]);
    const { body: hostile } = await register('{"\\ud800<script>\\u0000": 1}');
    expect(hostile).toHaveProperty('errors.length', 1);
  });

  it('names an unknown field once that came twice', async () => {
    expect(await register('{"a": 1, "a": 2}')).toMatchObject(unknownField('a'));
  });

  it('means the last of two values of one field, as JSON.parse does, and checks that one', async () => {
    const field = (id: string): string => `"agent_entra_app_id": "${id}"`;
    expect(await start(`{${field(UNKNOWN)}, ${field(AGENT)}}`)).toMatchObject({ status: 201 });
    expect(await start(`{${field(AGENT)}, ${field('x')}}`)).toMatchObject({ status: 400 });
  });

  it.for(['null', '[]', '"text"', '1', 'true', '[{}]', `[${startBody}]`, `"${AGENT}"`])(
    'is refused when it is %s',
    async (text) => {
      const invalid = { status: 400, body: { code: 'invalid_request' } };
      expect(await start(text)).toMatchObject(invalid);
      expect(await register(text)).toMatchObject(invalid);
    },
  );

  it.for([
    ['[]', '', 'must be an object'],
    ['{"client_authorization": 1}', 'client_authorization', 'must be required or open'],
    ['{"permissions": {"can_publish": "yes"}}', 'permissions.can_publish', 'must be true or false'],
    [
      '{"permissions": {"can_publish_sources": "camera"}}',
      'permissions.can_publish_sources',
      'must be a list',
    ],
    [
      '{"permissions": {"can_publish_sources": ["film"]}}',
      'permissions.can_publish_sources.0',
      'must be one of camera, microphone, screen_share, screen_share_audio',
    ],
    ['{"participant_name": 1}', 'participant_name', 'must be text'],
  ] as const)('is told of %s in the words of this API what it may be', async ([text, path, message]) => {
    const { body } = await (text.includes('client_authorization') ? register(text) : start(text));
    expect(body).toHaveProperty('errors', [{ path, message }]);
  });

  it.for(['null', '1', 'true', '{}', '[]', '""', '"x"', `["${AGENT}"]`, `"${AGENT} "`, `"{${AGENT}}"`])(
    'is refused with %s for an agent, by the name of the field',
    async (value) => {
      const { status, body } = await start(`{"agent_entra_app_id": ${value}}`);
      expect(status).toBe(400);
      expect(body).toHaveProperty('errors.0.path', 'agent_entra_app_id');
    },
  );

  it('takes an agent in any case', async () => {
    expect(await start(startBody.replace(AGENT, AGENT.toUpperCase()))).toMatchObject({ status: 201 });
  });

  it.for([
    '',
    ' ',
    '{',
    '{]',
    '{"a":1,}',
    "{'a':1}",
    'undefined',
    'NaN',
    '{}{}',
    '{}x',
    '\u0000',
    '// {}',
    '{"a":"\t"}',
  ])('is malformed when it is %j', async (text) => {
    expect(await start(text)).toMatchObject({ status: 400, body: { code: 'malformed_json' } });
  });

  it.for<[string, Uint8Array]>([
    ['not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)],
    ['cut within a character', Uint8Array.of(0x22, 0xc3)],
    ['UTF-16', new Uint8Array(Buffer.from(startBody, 'utf16le'))],
    ['a surrogate in UTF-8', Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)],
  ])('is malformed when it is %s', async ([, bytes]) => {
    expect(await start(bytes)).toMatchObject({ status: 400, body: { code: 'malformed_json' } });
  });

  it('is refused, not followed, however deep it is', async () => {
    for (const depth of [1_000, 30_000]) {
      expect(await start('['.repeat(depth) + ']'.repeat(depth))).toMatchObject({ status: 400 });
      const nested = '{"a":'.repeat(depth / 10) + '1' + '}'.repeat(depth / 10);
      expect(await register(nested)).toMatchObject(unknownField('a'));
      expect(await start('['.repeat(depth))).toMatchObject({ status: 400, body: { code: 'malformed_json' } });
    }
  });

  it('is read only after the caller is known', async () => {
    const { platform } = stage;
    const request = { method: 'POST', target: '/api/session/start', headers: [JSON_TYPE], body: utf8('{') };
    expect((await platform.handler(toHttpRequest(request))).status).toBe(401);
  });
});
