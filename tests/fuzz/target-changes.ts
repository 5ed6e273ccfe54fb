import { CANARY_JWT } from './canaries.ts';
import type { Change } from './change.ts';
import type { Random } from './random.ts';

const METHODS = [
  ...[
    'post',
    'Post',
    'get',
    'BREW',
    'P',
    'POSTS',
    '',
    ' POST',
    'PO\0ST',
    'P\xd6ST',
    'M'.repeat(9000),
    '(',
    '1',
  ],
  ...[
    'PUT',
    'PATCH',
    'DELETE',
    'TRACE',
    'CONNECT',
    'PROPFIND',
    'LOCK',
    'PURGE',
    'SEARCH',
    'QUERY',
    'M-SEARCH',
    'PRI',
  ],
];
const VERSIONS = [
  'HTTP/1.0',
  'HTTP/2.0',
  'HTTP/0.9',
  'HTTP/1.2',
  'HTTP/9.9',
  'HTTP/1.1.1',
  'http/1.1',
  'HTTP/1',
  'ICE/1.0',
  '',
  'X',
];

/** The path spelled as something that somebody in between may take for it. */
function respelled(path: string, random: Random): string {
  return random.pick([
    `/${path}`,
    `${path}/`,
    `${path}//`,
    `/.${path}`,
    `/x/..${path}`,
    `/api/./${path.slice(5)}`,
    path.toUpperCase(),
    path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
    path.replace('/', '%2f'),
    path.replaceAll('/', '\\'),
    path.replace(/.$/, (last) => `%${last.charCodeAt(0).toString(16)}`),
    `${path}%00`,
    `${path}\0`,
    `${path}%20`,
    `${path};a=b`,
    `${path}.`,
    `${path}\xff`,
    `${path}\t`,
    `${path}#fragment`,
    `${path}%`,
    path.slice(0, -1),
    path.slice(1),
    '*',
    '',
    'lkps.test:443',
    `http://`,
    `//lkps.test${path}`,
    `/${'a/'.repeat(4000)}`,
    `/${'../'.repeat(2000)}`,
    `${path}${'x'.repeat(20_000)}`,
    `${path} ${path}`,
    `/%c0%ae%c0%ae/${path}`,
    `/\xe2\x80\xae${path}`,
  ]);
}

export const TARGET_CHANGES: readonly Change[] = [
  {
    name: 'a path respelled',
    effect: 'breaks',
    weight: 4,
    apply: ({ target }, random) => ({ target: respelled(target, random) }),
  },
  {
    name: 'a query',
    effect: 'may',
    apply: ({ target }, random) => ({
      target: `${target}?${random.pick(['', 'a=b', `access_token=${CANARY_JWT}`, '%', '&&&===', 'client-id={{client-a}}', 'x'.repeat(8000), '\xff', '?'])}`,
    }),
  },
  {
    name: 'the absolute form',
    effect: 'may',
    apply: ({ target }, random) => ({
      target: `${random.pick(['http://lkps.test', 'https://x', 'HTTP://lkps.test:80', 'http://user:pass@h', 'http://[::1]', 'a://b', 'http://\xff', 'http://h?x'])}${target}`,
    }),
  },
  {
    name: 'another method',
    effect: 'breaks',
    weight: 3,
    apply: (_, random) => ({ method: random.pick(METHODS) }),
  },
  {
    name: 'the method of another path',
    effect: 'breaks',
    apply: ({ method }, random) => ({
      method: random.pick(method === 'POST' ? ['GET', 'HEAD'] : ['POST', 'PUT']),
    }),
  },
  {
    name: 'another version',
    effect: 'may',
    // HTTP/1.0 needs no host and has no expectations.
    applies: ({ story }) => !story.includes('no host') && !story.includes('expects what nobody does'),
    apply: (_, random) => ({ version: random.pick(VERSIONS) }),
  },
];
