import { CANARY, CANARY_EMAIL, CANARY_JWT } from './canaries.ts';
import type { Change } from './change.ts';
import type { Header } from './message.ts';
import type { Random } from './random.ts';

/** Node hands 128 to the service at most. */
const TOO_MANY = 140;
const TOO_LONG = 17_000;

/** With all of these. */
export const withAll =
  (...added: readonly Header[]): Change['apply'] =>
  (message) => ({
    headers: [...message.headers, ...added],
  });
/** With one of these. */
export const withOne =
  (choices: readonly Header[]): Change['apply'] =>
  ({ headers }, random) => ({ headers: [...headers, random.pick(choices)] });
/** Everything around who is calling: what is strange and harmless, and what no server may take for a request. */
export const HEADER_CHANGES: readonly Change[] = [
  {
    name: 'planted tokens and addresses',
    effect: 'keeps',
    weight: 3,
    apply: withAll(
      ['authorization-x', `Bearer ${CANARY_JWT}`],
      ['cookie', `session=${CANARY_JWT}; mail=${CANARY_EMAIL}`],
      ['user-agent', `Mozilla/5.0 ${CANARY_EMAIL} ${CANARY_JWT} (${CANARY_EMAIL})`],
      ['referer', `https://lkps.test/${CANARY}?token=${CANARY_JWT}`],
      ['x-forwarded-for', '1.2.3.4, ::1, unknown, -'],
      ['forwarded', `for=${CANARY}`],
    ),
  },
  {
    name: 'a bearer token',
    effect: (message) => (message.operation === 'webhook' ? 'breaks' : 'keeps'),
    apply: withAll(['authorization', `Bearer ${CANARY_JWT}`], ['Authorization', CANARY_JWT]),
  },
  {
    name: 'a value in latin1',
    effect: 'keeps',
    apply: (message, random) => ({ headers: [...message.headers, ['x-note', latin1(random)]] }),
  },
  {
    name: 'some more headers',
    effect: 'keeps',
    apply: (message, random) => ({ headers: [...message.headers, ...many(random.between(1, 60), random)] }),
  },
  {
    name: 'hundreds of headers',
    effect: 'breaks',
    apply: (message, random) => ({
      headers: shuffledIn(message.headers, many(random.between(TOO_MANY, 400), random), random),
    }),
  },
  {
    name: 'thousands of headers',
    effect: 'breaks',
    weight: 0.3,
    apply: (message, random) => ({ headers: [...message.headers, ...many(2100, random)] }),
  },
  {
    name: 'a huge header',
    effect: 'breaks',
    apply: (message, random) => ({
      headers: [
        ...message.headers,
        [
          random.pick(['x-huge', 'cookie', 'x-request-id', 'user-agent']),
          'h'.repeat(random.between(TOO_LONG, 70_000)),
        ],
      ],
    }),
  },
  { name: 'a huge header name', effect: 'breaks', weight: 0.5, apply: withAll(['x'.repeat(TOO_LONG), '1']) },
  {
    name: 'a control byte',
    effect: 'may',
    apply: (message, random) => ({
      headers: [...message.headers, ['x-note', `a${String.fromCharCode(random.between(1, 31))}b`]],
    }),
  },
  {
    name: 'NUL in a header',
    effect: 'breaks',
    apply: withOne([
      ['x-note', 'a\0b'],
      ['x-\0note', 'a'],
    ]),
  },
  {
    name: 'a line that is no header',
    effect: 'breaks',
    weight: 2,
    apply: withOne([
      ...['no colon', 'x-space : 1', ': no name', 'x(y): 1', 'x y: 1', '\x80: 1', 'x\xe9: 1', 'a\nb: 1'].map(
        (line): Header => ['', line],
      ),
    ]),
  },
  {
    name: 'a folded line',
    effect: 'may',
    apply: withOne([
      ['x-folded', 'a\r\n b'],
      ['x-folded', 'a\r\n\tclient-id: {{client-a}}'],
      ['x-folded', '\r\n '],
    ]),
  },
  {
    name: 'a line end of its own',
    effect: 'may',
    apply: withOne([
      ['x-lines', 'a\nx-more: 1'],
      ['x-lines', 'a\rb'],
      ['x-lines', 'a\r\rb'],
    ]),
  },
  {
    name: 'no host',
    effect: 'breaks',
    apply: ({ headers }) => ({ headers: headers.filter(([name]) => name !== 'host') }),
  },
  { name: 'two hosts', effect: 'may', apply: withAll(['host', 'other.test']) },
  {
    name: 'an odd host',
    effect: 'may',
    apply: ({ headers }, random) => ({
      headers: headers.map(([name, value]) =>
        name === 'host'
          ? [name, random.pick(['', '[::', 'a b', '../..', 'x'.repeat(3000), '\xff', '@'])]
          : [name, value],
      ),
    }),
  },
  { name: 'waits to be told to go on', effect: 'keeps', apply: withAll(['expect', '100-continue']) },
  {
    name: 'expects what nobody does',
    effect: 'breaks',
    apply: ({ headers }) => ({ leavesBytes: true, headers: [...headers, ['expect', '200-ok']] }), // its body, unread
  },
  {
    name: 'wants another protocol',
    effect: 'may',
    apply: withOne([
      ['upgrade', 'websocket'],
      ['connection', 'upgrade'],
      ['upgrade', 'h2c'],
      ['http2-settings', 'AAMAAABkAAQAAP__'],
    ]),
  },
  {
    name: 'hop by hop',
    effect: 'may',
    apply: withOne([
      ['connection', 'client-id, user-id'],
      ['te', 'trailers, gzip'],
      ['trailer', 'client-id'],
      ['keep-alive', 'timeout=99999999999'],
      ['proxy-connection', 'x'],
    ]),
  },
  {
    name: 'says another method or path',
    effect: 'keeps',
    apply: withOne([
      ['x-http-method-override', 'DELETE'],
      ['x-original-url', '/api/health'],
      ['x-rewrite-url', '/livekit/webhook'],
      ['x-forwarded-prefix', '/..'],
    ]),
  },
  {
    name: 'an origin',
    effect: 'keeps',
    apply: withOne([
      ['origin', 'https://fuzz.lkps.test'],
      ['origin', 'null'],
      ['origin', `https://${CANARY}.test`],
      ['origin', '\xff'],
    ]),
    applies: ({ operation }) => operation !== 'preflight',
  },
];

function latin1(random: Random): string {
  return Array.from({ length: random.between(1, 60) }, () =>
    String.fromCharCode(random.between(0xa0, 0xff)),
  ).join('');
}

/** Well below the 16 KiB of all headers for a hundred of them. */
function many(count: number, random: Random): readonly Header[] {
  const repeated = random.chance(0.3);
  return Array.from(
    { length: count },
    (_, index) => [repeated ? 'x-again' : `x-${index}`, String(index)] as const,
  );
}

/** Before, after or in the middle: which of too many gets lost must not matter. */
function shuffledIn(headers: readonly Header[], more: readonly Header[], random: Random): readonly Header[] {
  const at = random.below(headers.length + 1);
  return [...headers.slice(0, at), ...more, ...headers.slice(at)];
}
