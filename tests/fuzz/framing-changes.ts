import { callerHeaders } from './callers.ts';
import { hasBody, needsIdentity, type Change, type Effect } from './change.ts';
import type { Framing, Message } from './message.ts';
import type { Random } from './random.ts';

type Chunked = Extract<Framing, { readonly kind: 'chunked' }>;

const LENGTHS = [
  ...[
    '-1',
    '+5',
    '0x10',
    '1e2',
    '1.5',
    '',
    ' ',
    '5,5',
    '5, 6',
    '1 1',
    'NaN',
    'ten',
    '9'.repeat(30),
    '18446744073709551617',
  ],
  ...['9007199254740993', '4294967296', '\xb2', '5;', '--5'],
];

const length = (framing: Omit<Extract<Framing, { readonly kind: 'length' }>, 'kind'>): Framing => ({
  kind: 'length',
  ...framing,
});
const chunked =
  (more: Partial<Chunked>) =>
  ({ body }: Message, random: Random): Partial<Message> => ({
    framing: { kind: 'chunked', sizes: sizesOf(body.length, random), ...more },
  });

/** Health and preflights have none: a service that is too busy to read bodies still answers them. */
const ifBodyMatters = ({ operation }: Message): Effect =>
  operation === 'health' || operation === 'preflight' ? 'may' : 'breaks';

/** Where a request ends, told wrong. With what a proxy in front reads otherwise, a request is smuggled. */
export const FRAMING_CHANGES: readonly Change[] = [
  { name: 'chunked', effect: 'keeps', weight: 4, applies: hasBody, apply: chunked({}) },
  {
    name: 'chunked, with trailers',
    effect: 'may',
    applies: hasBody,
    apply: (message, random) => ({
      leavesBytes: true,
      ...chunked({
        trailers: random.pick([
          [['x-trailer', 'y']],
          [['content-length', '3']],
          [
            ['host', 'x'],
            ['expect', 'y'],
          ],
        ]),
      })(message, random),
    }),
  },
  {
    name: 'identity only in the trailers',
    effect: 'breaks',
    applies: (message) => hasBody(message) && needsIdentity(message),
    apply: (message, random) => ({
      headers: message.headers.filter(([name]) => !/client-id|user-id|proof/i.test(name)),
      ...chunked({ trailers: callerHeaders({ client: 'client-a', kind: 'application' }) })(message, random),
    }),
  },
  {
    name: 'a chunk extension',
    effect: 'may',
    applies: hasBody,
    apply: (message, random) => ({
      framing: {
        kind: 'chunked',
        sizes: [],
        firstSize: `${message.body.length.toString(16)}${random.pick([';a=b', ';a="\xff"', ` ;${'x'.repeat(300)}`, `;${'x'.repeat(20_000)}`, ';\n'])}`,
      },
    }),
  },
  {
    name: 'a chunk size that is none',
    effect: 'breaks',
    weight: 2,
    applies: hasBody,
    apply: (_, random) => ({
      leavesBytes: true,
      unfinished: true,
      framing: {
        kind: 'chunked',
        sizes: [],
        firstSize: random.pick([
          'zz',
          '-1',
          '0x5',
          '',
          ' ',
          '+4',
          'F'.repeat(17),
          '1'.repeat(40),
          '\xb5',
          '00000000000000000000000000000000000000g',
        ]),
      },
    }),
  },
  {
    name: 'a chunk that does not end',
    effect: 'breaks',
    applies: hasBody,
    apply: (_, random) => ({
      leavesBytes: true,
      unfinished: true,
      framing: { kind: 'chunked', sizes: [1], firstEnd: random.pick(['', '\n', 'x\r\n', '\r', ' \r\n']) },
    }),
  },
  {
    name: 'no last chunk',
    effect: 'breaks',
    applies: hasBody,
    apply: (_, random) => ({
      unfinished: true,
      framing: { kind: 'chunked', sizes: [3], end: random.pick(['', '0', '0\r\n', '1\r\n']) },
    }),
  },
  {
    name: 'a length and chunks',
    effect: 'breaks',
    weight: 2,
    applies: hasBody,
    apply: (message, random) => ({ leavesBytes: true, ...chunked({ alsoLength: true })(message, random) }),
  },
  {
    name: 'another transfer coding',
    effect: (message) => (isParsed(message) ? 'breaks' : 'may'),
    weight: 2,
    applies: hasBody,
    apply: (message, random) => ({
      leavesBytes: true,
      unfinished: true,
      ...chunked({
        coding: random.pick([
          'gzip, chunked, gzip',
          'identity',
          'xchunked',
          'chunked, identity',
          'gzip',
          '',
          'chunked chunked',
          '\x0bchunked',
        ]),
      })(message, random),
    }),
  },
  {
    name: 'a length that is none',
    effect: ifBodyMatters,
    weight: 3,
    apply: ({ body }, random) => ({
      leavesBytes: true,
      unfinished: true,
      framing: length({ values: [random.pick(LENGTHS)] }),
      body: body === '' ? 'xxxxx' : body,
    }),
  },
  {
    name: 'two lengths',
    effect: 'breaks',
    applies: hasBody,
    apply: ({ body }, random) => ({
      leavesBytes: true,
      unfinished: true,
      framing: length({
        values: random.pick([
          ['1', '2'],
          ['0', String(body.length)],
          [`${body.length + 9}`, '3'],
        ]),
      }),
    }),
  },
  {
    name: 'a length, twice',
    effect: 'may',
    weight: 0.5,
    applies: hasBody,
    apply: () => ({ leavesBytes: true, unfinished: true, framing: length({ values: ['20', '20'] }) }),
  },
  {
    name: 'a length too small',
    effect: 'breaks',
    applies: (message) => isParsed(message) && message.body.endsWith('}'),
    apply: ({ body }, random) => ({
      leavesBytes: true,
      framing: length({ delta: -random.between(1, Math.min(body.length, 40)) }),
    }),
  },
  {
    name: 'a length too large',
    effect: 'breaks',
    applies: hasBody,
    apply: (_, random) => ({
      unfinished: true,
      framing: length({ delta: random.pick([1, 2, 100, 60_000]) }),
    }),
  },
  {
    name: 'a length far too large',
    effect: ifBodyMatters,
    weight: 0.5,
    apply: () => ({ unfinished: true, framing: length({ delta: 1_000_000_000_000 }) }),
  },
  {
    name: 'a body nobody announced',
    effect: 'breaks',
    applies: isParsed,
    apply: () => ({ leavesBytes: true, framing: { kind: 'none' } }),
  },
];

/** Without its body it is not the same request. Registering takes nothing for an answer. */
function isParsed(message: Message): boolean {
  return hasBody(message) && (message.operation === 'start' || message.operation === 'webhook');
}

/** At most 20 of them. */
function sizesOf(bytes: number, random: Random): readonly number[] {
  const most = Math.max(1, Math.ceil(bytes / random.between(1, 20)));
  return Array.from({ length: 20 }, () => random.between(1, most));
}
