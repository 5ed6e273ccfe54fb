import { no, ok, post, REGISTER, START, type HttpCase } from './http-case.ts';
import type { RawHeader } from './http-message.ts';
import { JSON_TYPE, PAGE, startBody, type StageOptions } from './http-stage.ts';

const stage: StageOptions = { corsOrigins: [PAGE] };
const FROM_PAGE: RawHeader = ['origin', PAGE];
const ELSEWHERE: RawHeader = ['origin', 'https://evil.example.test'];
const ASKS: readonly RawHeader[] = [
  ['access-control-request-method', 'POST'],
  ['access-control-request-headers', 'authorization,content-type'],
];

/** What pages of other origins may do (design section 2, Browsers). */
export const HTTP_CORS_CASES: readonly HttpCase[] = [
  ...[REGISTER, START].map((target) =>
    ok(
      `a page that asks before ${target}`,
      204,
      () => ({ method: 'OPTIONS', target, headers: [FROM_PAGE, ...ASKS] }),
      { stage },
    ),
  ),
  ok(
    'a page of another origin that asks first',
    204,
    () => ({ method: 'OPTIONS', target: START, headers: [ELSEWHERE, ...ASKS] }),
    { stage },
  ),
  ok(
    'a page that starts a session',
    201,
    ({ as }) => post(START, [FROM_PAGE, as('client'), JSON_TYPE], startBody),
    {
      stage,
    },
  ),
  ok(
    'a page of another origin that starts a session',
    201,
    ({ as }) => post(START, [ELSEWHERE, as('client'), JSON_TYPE], startBody),
    { stage },
  ),
  no('a page without a token', 401, 'unauthenticated', () => post(START, [FROM_PAGE, JSON_TYPE], startBody), {
    stage,
  }),
  no(
    'a page with half a body',
    400,
    'malformed_json',
    ({ as }) => post(START, [FROM_PAGE, as('client'), JSON_TYPE], '{'),
    { stage },
  ),
  no(
    'a page that uses another method',
    405,
    'method_not_allowed',
    () => ({ method: 'DELETE', target: START, headers: [FROM_PAGE] }),
    { stage },
  ),
  ...['/api/health', '/livekit/webhook'].map((target) =>
    no(
      `a page that asks before ${target}`,
      405,
      'method_not_allowed',
      () => ({ method: 'OPTIONS', target, headers: [FROM_PAGE, ...ASKS] }),
      { stage },
    ),
  ),
  no('a page that asks where no page may call', 405, 'method_not_allowed', () => ({
    method: 'OPTIONS',
    target: START,
    headers: [FROM_PAGE, ...ASKS],
  })),
];
