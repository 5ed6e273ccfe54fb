import { no, ok, post, REGISTER, START, start, webhook, type HttpCase } from './http-case.ts';
import { HTTP_CORS_CASES } from './http-cors-cases.ts';
import { HTTP_FAILURE_CASES } from './http-failure-cases.ts';
import { utf8 } from './http-message.ts';
import { JSON_TYPE, startBody } from './http-stage.ts';
import { AGENT, UNKNOWN } from './platform-cast.ts';

/** Every endpoint and every error of the contract, and what is odd about requests. */
export const HTTP_CASES: readonly HttpCase[] = [
  ok('an agent that registers', 200, ({ as }) => post(REGISTER, [as('agent')])),
  ok('an agent that registers with an empty object', 200, ({ as }) =>
    post(REGISTER, [as('agent'), JSON_TYPE], '{}'),
  ),
  ok('an agent that registers with a type and no body', 200, ({ as }) =>
    post(REGISTER, [as('agent'), ['content-type', 'text/html']]),
  ),
  ok('a client that starts a session', 201, ({ as }) => post(START, [as('client'), JSON_TYPE], startBody)),
  ok('a user who starts a session', 201, ({ as }) => post(START, [as('ada'), JSON_TYPE], startBody)),
  ok('a query that means nothing', 201, ({ as }) =>
    post(`${START}?agent_entra_app_id=x`, [as('client'), JSON_TYPE], startBody),
  ),
  ok('a body with its charset', 201, ({ as }) =>
    post(START, [as('client'), ['content-type', 'Application/JSON; charset="UTF-8"']], startBody),
  ),
  ok('a body that says it is not encoded', 201, ({ as }) =>
    post(START, [as('client'), JSON_TYPE, ['content-encoding', 'identity']], startBody),
  ),
  ok('a probe', 200, () => ({ method: 'GET', target: '/api/health' })),
  ok('a probe that wants the headers only', 200, () => ({ method: 'HEAD', target: '/api/health' })),
  ok('a webhook of a room that is not ours', 200, webhook),
  ok('a webhook delivered again', 200, webhook),

  no('nobody', 401, 'unauthenticated', () => post(START, [JSON_TYPE], startBody)),
  no('nobody, about nothing', 401, 'unauthenticated', () => post(REGISTER, [], '{')),
  no('a credential in bytes of no text', 401, 'unauthenticated', () =>
    post(START, [['authorization', 'Bearer \u00ff\u00fe'], JSON_TYPE], startBody),
  ),
  ok('headers in bytes of no text', 201, ({ as }) =>
    post(
      START,
      [as('client'), JSON_TYPE, ['user-agent', 'caf\u00e9'], ['x-request-id', '\u00fc']],
      startBody,
    ),
  ),
  no('two callers at once', 401, 'unauthenticated', ({ as }) =>
    post(START, [as('client'), as('ada'), JSON_TYPE], startBody),
  ),
  no('a webhook without signature', 401, 'unauthenticated', (stage) => ({ ...webhook(stage), headers: [] })),
  no('a webhook with two signatures', 401, 'unauthenticated', (stage) => {
    const signed = webhook(stage);
    return { ...signed, headers: [...(signed.headers ?? []), ...(signed.headers ?? [])] };
  }),
  no('a webhook with another body', 401, 'unauthenticated', (stage) => ({
    ...webhook(stage),
    body: utf8('{}'),
  })),
  no('a user who would be an agent', 403, 'service_principal_required', ({ as }) =>
    post(REGISTER, [as('ada')]),
  ),
  no('a client the agent does not know', 403, 'client_not_authorized', ({ as }) =>
    post(START, [as('stranger'), JSON_TYPE], startBody),
  ),
  no('an agent nobody knows', 404, 'agent_not_registered', ({ as }) =>
    start(as('client'), { agent_entra_app_id: UNKNOWN }),
  ),

  no('a body of no type', 415, 'unsupported_media_type', ({ as }) => post(START, [as('client')], startBody)),
  no('a body of two types', 415, 'unsupported_media_type', ({ as }) =>
    post(START, [as('client'), JSON_TYPE, JSON_TYPE], startBody),
  ),
  no('a body of another type', 415, 'unsupported_media_type', ({ as }) =>
    post(START, [as('client'), ['content-type', 'text/plain']], startBody),
  ),
  no('a body in another charset', 415, 'unsupported_media_type', ({ as }) =>
    post(START, [as('client'), ['content-type', 'application/json; charset=latin1']], startBody),
  ),
  no('a body that is encoded', 415, 'unsupported_media_type', ({ as }) =>
    post(START, [as('client'), JSON_TYPE, ['content-encoding', 'gzip']], startBody),
  ),
  no('no body where one is needed', 400, 'malformed_json', ({ as }) =>
    post(START, [as('client'), JSON_TYPE], ''),
  ),
  no('a body in UTF-16', 400, 'malformed_json', ({ as }) => ({
    ...post(START, [as('client'), JSON_TYPE]),
    body: Uint8Array.from(Buffer.from(startBody, 'utf16le')),
  })),
  ok('a body with a byte order mark', 201, ({ as }) =>
    post(START, [as('client'), JSON_TYPE], `\ufeff${startBody}`),
  ),
  no('half a body', 400, 'malformed_json', ({ as }) =>
    post(START, [as('client'), JSON_TYPE], startBody.slice(0, -1)),
  ),
  no('a body that is not UTF-8', 400, 'malformed_json', ({ as }) => ({
    ...post(START, [as('client'), JSON_TYPE]),
    body: Uint8Array.of(0x22, 0xff, 0x22),
  })),
  no('an empty object where more is needed', 400, 'invalid_request', ({ as }) => start(as('client'), {})),
  no('a field nobody knows', 400, 'invalid_request', ({ as }) =>
    post(REGISTER, [as('agent'), JSON_TYPE], '{"agent_name":"x"}'),
  ),
  no('a field that is not for callers', 400, 'forbidden_field', ({ as }) =>
    start(as('client'), { agent_entra_app_id: AGENT, room_name: 'mine' }),
  ),
  no('an open agent where all are enforced', 400, 'forbidden_field', ({ as }) =>
    post(REGISTER, [as('agent'), JSON_TYPE], '{"client_authorization":"open"}'),
  ),
  no('an id that is no GUID', 400, 'invalid_request', ({ as }) =>
    start(as('client'), { agent_entra_app_id: 'agent' }),
  ),
  no('a body over the limit', 413, 'body_too_large', ({ as }) =>
    post(START, [as('client'), JSON_TYPE], `${startBody}${' '.repeat(70_000)}`),
  ),
  no('a webhook over the limit', 413, 'body_too_large', (stage) => ({
    ...webhook(stage),
    body: new Uint8Array(70_000),
  })),

  no('a path that is not there', 404, 'not_found', () => ({ method: 'GET', target: '/' })),
  no('a path with a slash too many', 404, 'not_found', () => ({ method: 'GET', target: '/api/health/' })),
  no('a path with two slashes', 404, 'not_found', () => ({ method: 'GET', target: '//api/health' })),
  no('a path in another case', 404, 'not_found', () => ({ method: 'GET', target: '/API/health' })),
  no(
    'a path that would be right decoded',
    404,
    'not_found',
    () => ({ method: 'GET', target: '/api/he%61lth' }),
    { decoded: { status: 200 } },
  ),
  no(
    'a path whose slashes are encoded',
    404,
    'not_found',
    ({ as }) => post('/api%2Fagent%2Fregister', [as('agent')]),
    { decoded: { status: 200 } },
  ),
  no('a path encoded twice', 404, 'not_found', () => ({ method: 'GET', target: '/api/he%2561lth' })),
  no('a path that cannot be decoded', 404, 'not_found', () => ({ method: 'GET', target: '/api/%zz' })),
  no('a path that climbs', 404, 'not_found', () => ({ method: 'GET', target: '/x/../api/health' })),
  ...['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'POST'].map((method) =>
    no(`${method} of what is only there to read`, 405, 'method_not_allowed', () => ({
      method,
      target: '/api/health',
    })),
  ),
  ...['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'].map((method) =>
    no(`${method} of what is only there to post to`, 405, 'method_not_allowed', () => ({
      method,
      target: START,
    })),
  ),
  ...HTTP_CORS_CASES,
  ...HTTP_FAILURE_CASES,
];
