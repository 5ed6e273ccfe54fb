import { describe, expect, it } from 'vitest';
import { createHttpHandler, type HttpResponse } from '../../../adapters/http/index.ts';
import { PROBLEMS } from '../../../adapters/http/problem.ts';
import { LkpsError, type LkpsErrorCode } from '../../../core/index.ts';
import { textOf, utf8 } from '../../support/http-message.ts';
import { JSON_TYPE, openStage, startBody, toHttpRequest } from '../../support/http-stage.ts';
import type { HttpLogEntry } from '../../../adapters/http/index.ts';

const STATUS: Readonly<Record<LkpsErrorCode, number>> = {
  malformed_json: 400,
  invalid_request: 400,
  forbidden_field: 400,
  unauthenticated: 401,
  client_not_authorized: 403,
  service_principal_required: 403,
  agent_revoked: 403,
  role_required: 403,
  not_found: 404,
  agent_not_registered: 404,
  method_not_allowed: 405,
  body_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  livekit_unavailable: 503,
  audit_unavailable: 503,
  authorization_unavailable: 503,
  agent_unavailable: 503,
  overloaded: 503,
};
const codes = Object.keys(PROBLEMS).filter((code): code is LkpsErrorCode => code in PROBLEMS);
const inside = new Error('canary-cause', { cause: { token: 'canary-token' } });

/** The answer to a session start that fails so, and what the log is told of it. */
async function answerTo(
  error: unknown,
): Promise<{ readonly response: HttpResponse; readonly log: readonly HttpLogEntry[] }> {
  const { platform, as } = await openStage();
  const log: HttpLogEntry[] = [];
  const handler = createHttpHandler({
    ...platform.service,
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what is thrown may be anything
    startSession: { execute: () => Promise.reject(error) },
    log: (entry) => log.push(entry),
  });
  const headers = [as('client'), JSON_TYPE, ['x-request-id', 'request-1'] as const];
  const request = { method: 'POST', target: '/api/session/start', headers, body: utf8(startBody) };
  return { response: await handler(toHttpRequest(request)), log };
}

describe('a problem', () => {
  it.for(codes)('%s is RFC 9457, with its status, and says nothing from inside', async (code) => {
    const { response } = await answerTo(new LkpsError(code, 'canary-message', { cause: inside }));
    expect(response.status).toBe(STATUS[code]);
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(response.headers['cache-control']).toBe('no-store');
    const body: unknown = JSON.parse(textOf(response.body));
    const title: unknown = expect.stringMatching(/^[A-Z].{5,80}[^.]$/);
    expect(body).toEqual({
      type: `urn:lkps:problem:${code}`,
      title,
      status: STATUS[code],
      code,
      request_id: 'request-1',
    });
    expect(textOf(response.body)).not.toMatch(/canary|server_url/);
    expect(JSON.stringify(response.headers)).not.toContain('canary');
  });

  it.for(codes)('%s tells the client how to go on, exactly where it can', async (code) => {
    const { headers } = (await answerTo(new LkpsError(code, 'm'))).response;
    expect('www-authenticate' in headers).toBe(STATUS[code] === 401);
    expect('retry-after' in headers).toBe([429, 503].includes(STATUS[code]));
    if ('retry-after' in headers) {
      expect(headers['retry-after']).toMatch(/^[1-9]\d*$/);
    }
  });

  it.for([
    [0, '1'],
    [1, '1'],
    [1_000, '1'],
    [1_001, '2'],
    [9_999.5, '10'],
    [undefined, '2'],
  ] as const)('that may pass in %s ms says so in whole seconds: %s', async ([retryAfterMs, seconds]) => {
    const options = retryAfterMs === undefined ? {} : { retryAfterMs };
    for (const code of ['rate_limited', 'authorization_unavailable'] as const) {
      const { headers } = (await answerTo(new LkpsError(code, 'm', options))).response;
      expect(headers['retry-after']).toBe(seconds);
    }
    const { headers } = (await answerTo(new LkpsError('not_found', 'm', options))).response;
    expect(headers).not.toHaveProperty('retry-after');
  });

  it('names the fields the client got wrong', async () => {
    const issues = [{ path: 'a.b', message: 'unknown field' }];
    const { response } = await answerTo(new LkpsError('invalid_request', 'm', { issues }));
    expect(JSON.parse(textOf(response.body))).toMatchObject({ code: 'invalid_request', errors: issues });
  });

  it('names the region where the agent is not registered: mixing regions must not fail silently', async () => {
    const { response } = await answerTo(new LkpsError('agent_not_registered', 'm'));
    expect(JSON.parse(textOf(response.body))).toMatchObject({
      title: expect.stringContaining('eu') as unknown,
    });
  });

  it.for<[string, unknown]>([
    ['an error', inside],
    ['a TypeError', new TypeError('canary')],
    ['text', 'canary'],
    ['nothing', undefined],
    [
      'an object that looks like an LkpsError',
      { name: 'LkpsError', code: 'not_found', message: 'canary', issues: [] },
    ],
  ])('is internal_error for %s, which is a defect and says nothing', async ([, error]) => {
    const { response, log } = await answerTo(error);
    expect(response.status).toBe(500);
    expect(JSON.parse(textOf(response.body))).toEqual({
      type: 'urn:lkps:problem:internal_error',
      title: 'The service failed',
      status: 500,
      code: 'internal_error',
      request_id: 'request-1',
    });
    expect(log).toEqual([
      {
        requestId: 'request-1',
        operation: 'startSession',
        status: 500,
        durationMs: 0,
        code: 'internal_error',
        error,
      },
    ]);
  });

  it('is logged once, with its code, its reason and its cause', async () => {
    const { log } = await answerTo(new LkpsError('audit_unavailable', 'the reason', { cause: inside }));
    expect(log).toEqual([
      {
        requestId: 'request-1',
        operation: 'startSession',
        status: 503,
        durationMs: 0,
        code: 'audit_unavailable',
        reason: 'the reason',
        error: inside,
      },
    ]);
  });
});
