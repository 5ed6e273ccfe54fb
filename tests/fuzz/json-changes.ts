import { deflateRawSync, gzipSync } from 'node:zlib';
import { GUIDS, changedText as text } from './body-text.ts';
import type { Change } from './change.ts';
import type { Random } from './random.ts';

const MAX_BODY = 65_536;

/** What is no JSON, no object, or too much of either. */
export const JSON_CHANGES: readonly Change[] = [
  text(
    'not an object',
    'breaks',
    (_, random) =>
      random.pick([
        'null',
        '[]',
        '1',
        'true',
        '"{}"',
        '-0',
        '1e400',
        '[{}]',
        `[${'{"a":1},'.repeat(6000)}{}]`,
      ]),
    { weight: 2 },
  ),
  text('not JSON', 'breaks', (body, random) => notJson(body, random), { weight: 4 }),
  text('nested deep', 'breaks', (_, random) => nested(random.between(50, 10_000), random), { weight: 2 }),
  text('much of it', 'breaks', (_, random) =>
    random.pick([
      `{"a":[${'1,'.repeat(30_000)}1]}`,
      `{${Array.from({ length: 4000 }, (_each, n) => `"k${n}":0`).join(',')}}`,
      `{"a":${'9'.repeat(60_000)}}`,
      `{"a":"${'\\u0041'.repeat(10_000)}"}`,
    ]),
  ),
  text('a byte order mark', 'may', (body) => `\xef\xbb\xbf${body}`),
  text('white space to the limit', 'keeps', (body) => body + ' '.repeat(MAX_BODY - filledLength(body))),
  text('a byte over the limit', 'breaks', (body) => ' '.repeat(MAX_BODY + 1 - filledLength(body)) + body, {
    weight: 0.7,
  }),
  text(
    'far over the limit',
    'breaks',
    (body, random) => body + ' '.repeat(random.pick([70_000, 200_000, 1_000_000])),
    { weight: 0.4 },
  ),
  text('compressed', 'breaks', (body, random) =>
    random.pick([gzipSync, deflateRawSync])(Buffer.from(body, 'latin1')).toString('latin1'),
  ),
  text('bytes of no meaning', 'breaks', (_, random) => `\xff${random.text(random.between(1, 3000))}`),
];

/** Of GUIDs, as every value in a body is one. */
function filledLength(body: string): number {
  return body.replace(GUIDS, 'g'.repeat(36)).length;
}

function notJson(body: string, random: Random): string {
  return random.pick([
    () => body.trim().slice(0, -random.between(1, Math.max(1, Math.min(20, body.trim().length - 1)))),
    () => `${body}${random.pick(['}', '{}', ',', 'x', '\0', '\xef\xbb\xbf'])}`,
    () => body.replace(/\}(\s*)$/, ',}$1'),
    () => body.replace('{', random.pick(['{//\n', '{/**/', '\0{', '{\xff', '{\xed\xa0\x80', '{\xc0\x80'])),
    () => Buffer.from(body, 'utf16le').toString('latin1'),
    () => `\xff\xfe${Buffer.from(body, 'utf16le').toString('latin1')}`,
    () => Buffer.from(body, 'utf16le').swap16().toString('latin1'),
    () => `${body.replace('}', '')}"a":NaN}`,
    () => "{'agent_entra_app_id':'{{agent-a}}'}",
    () => 'agent_entra_app_id={{agent-a}}',
    () => '<agent_entra_app_id>{{agent-a}}</agent_entra_app_id>',
    () => '{"agent_entra_app_id":undefined}',
    () => `${body}\n${body}`,
  ])();
}

function nested(depth: number, random: Random): string {
  const [open, close] = random.pick([
    ['[', ']'],
    ['{"a":', '}'],
  ] as const);
  return random.chance(0.5)
    ? open.repeat(depth)
    : `${open.repeat(Math.min(depth, 9000))}1${close.repeat(Math.min(depth, 9000))}`;
}
