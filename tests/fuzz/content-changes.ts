import { hasBody, type Change } from './change.ts';
import { withAll, withOne } from './header-changes.ts';
import type { Message } from './message.ts';

const type =
  (values: readonly string[]): Change['apply'] =>
  ({ headers }, random) => ({
    headers: [...headers.filter(([name]) => name !== 'content-type'), ['content-type', random.pick(values)]],
  });

/** What the body is said to be matters where there is one that is read as JSON. */
const isJson = (message: Message): boolean =>
  hasBody(message) && (message.operation === 'start' || message.operation === 'register');

/** What a body is said to be. */
export const CONTENT_CHANGES: readonly Change[] = [
  {
    name: 'a body of another type',
    effect: 'breaks',
    weight: 2,
    applies: isJson,
    apply: type([
      '',
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'application/jsonx',
      'application/json; charset=utf-16',
      'application/json;charset=latin1',
      'application/json, text/plain',
      '*/*',
      '{"a":1}',
      `x/${'y'.repeat(4000)}`,
    ]),
  },
  {
    name: 'a body of no type',
    effect: 'breaks',
    applies: isJson,
    apply: ({ headers }) => ({ headers: headers.filter(([name]) => name !== 'content-type') }),
  },
  {
    name: 'the type, twice',
    effect: 'breaks',
    applies: isJson,
    apply: withAll(['Content-Type', 'application/json']),
  },
  {
    name: 'the type with its charset',
    effect: 'keeps',
    applies: isJson,
    apply: type(['application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"']),
  },
  {
    name: 'a body said to be compressed',
    effect: 'breaks',
    applies: isJson,
    apply: withOne([
      ['content-encoding', 'gzip'],
      ['content-encoding', 'br'],
      ['content-encoding', 'gzip, identity'],
      ['content-encoding', ''],
    ]),
  },
];
