import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { GraphCredential } from '../../../adapters/directory-graph/index.ts';
import { parseClientId } from '../../../core/index.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { expectDoubt } from '../../support/graph-expectations.ts';
import {
  answering,
  directoryOn,
  GRAPH_TOKEN,
  openGraph,
  refusal,
  registrationBody,
  type Answer,
  type FakeGraph,
} from '../../support/graph-server.ts';
import { inTime } from '../../support/in-time.ts';

const AGENT = parseClientId('a9e00000-0000-4000-8000-000000000001');
const CLIENT = parseClientId('c11e0000-0000-4000-8000-000000000001');
const NOW = new Date('2026-01-15T12:00:00.000Z');
const IN_TIME_MS = 2200;
const LISTED = { outcome: 'known', clients: new Set([CLIENT]) };

const never: Answer = () => undefined;
const late =
  (ms: number, answer: Answer): Answer =>
  (request, response) =>
    void setTimeout(() => {
      answer(request, response);
    }, ms);
const listing = answering(200, registrationBody(AGENT, [CLIENT]));
const busy = (status: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  answering(status, refusal('TooManyRequests'), headers);

async function withGraph(
  answers: readonly Answer[],
  check: (graph: FakeGraph, lookUp: () => Promise<unknown>, sinceMs: () => number) => Promise<void>,
  own?: GraphCredential,
): Promise<void> {
  const graph = await openGraph();
  graph.answerWith(...answers);
  const clock = new FixedClock(NOW);
  const directory = directoryOn(graph, own === undefined ? { clock } : { clock, credential: own });
  const from = performance.now();
  await check(
    graph,
    () => directory.findPreAuthorization(AGENT, CLIENT),
    () => performance.now() - from,
  ).finally(graph.close);
}

describe.concurrent('a lookup ends within 2 s, in doubt, where', () => {
  it.for<[string, readonly Answer[]]>([
    ['Graph does not answer', [never]],
    [
      'Graph begins an answer and never ends it',
      [
        (_request, response) => {
          response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":');
        },
      ],
    ],
    [
      'Graph drips an answer, a byte at a time',
      [
        (_request, response) => {
          response.writeHead(200, { 'content-type': 'application/json' });
          const drip = setInterval(() => response.write(' '), 100);
          response.once('close', () => {
            clearInterval(drip);
          });
        },
      ],
    ],
    ['Graph is busy, and the second time does not answer', [busy(429, { 'retry-after': '1' }), never]],
    [
      'there is no registration, and the service principal is not told',
      [late(1000, answering(404, refusal('Request_ResourceNotFound'))), never],
    ],
  ])('%s', ([, answers], context) =>
    withGraph(answers, async (_graph, lookUp, sinceMs) => {
      await inTime(IN_TIME_MS, () => expectDoubt(lookUp(), 'no answer in time'));
      context.expect(sinceMs()).toBeGreaterThan(1900);
    }),
  );

  it('no token comes, from a credential that does not even listen', ({ expect: expected }) =>
    withGraph(
      [listing],
      async (graph, lookUp) => {
        await inTime(IN_TIME_MS, () => expectDoubt(lookUp(), 'no token', 'no answer in time'));
        expected(graph.requests).toEqual([]);
      },
      { getToken: () => new Promise(() => undefined) },
    ));

  it('the token and Graph are slow together', () =>
    withGraph(
      [late(1500, listing)],
      async (_graph, lookUp) => {
        await inTime(IN_TIME_MS, () => expectDoubt(lookUp(), 'no answer in time'));
      },
      { getToken: () => delay(1000, { token: GRAPH_TOKEN }) },
    ));
});

describe('without a token nobody asks Graph', () => {
  class AuthenticationError extends Error {
    override name = 'AuthenticationError';
  }
  it.for<[string, GraphCredential, string]>([
    [
      'Entra refuses',
      {
        getToken: () =>
          Promise.reject(new AuthenticationError('invalid_client: AADSTS7000215: canary-secret')),
      },
      'AADSTS7000215',
    ],
    [
      'it fails in words of its own',
      { getToken: () => Promise.reject(new Error(`canary ${GRAPH_TOKEN}`)) },
      'Error',
    ],
    ['there is none', { getToken: () => Promise.resolve(null) }, 'gave none'],
    ['it is empty', { getToken: () => Promise.resolve({ token: '' }) }, 'gave none'],
    [
      'it does not fit a header',
      { getToken: () => Promise.resolve({ token: `${GRAPH_TOKEN}\r\nx: y` }) },
      'gave none',
    ],
  ])('where %s', ([, own, word]) =>
    withGraph(
      [listing],
      async (graph, lookUp) => {
        await expectDoubt(lookUp(), 'no token', word);
        expect(graph.requests).toEqual([]);
      },
      own,
    ),
  );

  it('and many who need one at once ask for it once; the next one is asked for afresh', async () => {
    const graph = await openGraph();
    let asked = 0;
    const directory = directoryOn(graph, {
      credential: {
        getToken: async () => {
          asked += 1;
          return delay(20, { token: GRAPH_TOKEN });
        },
      },
    });
    const ids = Array.from({ length: 20 }, (_, index) =>
      parseClientId(`a9e00000-0000-4000-8000-0000000001${String(index).padStart(2, '0')}`),
    );
    await Promise.all(ids.map((id) => directory.findServicePrincipalId(id)));
    expect(asked).toBe(1);
    await directory.findServicePrincipalId(CLIENT);
    expect(asked).toBe(2);
    await graph.close();
  });
});

describe('a busy Graph is asked once more', () => {
  const date = (ms: number): string => new Date(NOW.getTime() + ms).toUTCString();
  it.for<[string, Answer, number]>([
    ['429 without a word', busy(429), 100],
    ['503 without a word', busy(503), 100],
    ['504 without a word', busy(504), 100],
    ['429, at once', busy(429, { 'retry-after': '0' }), 0],
    ['503, in a second', busy(503, { 'retry-after': '1' }), 990],
    ['429, at a time that is over', busy(429, { 'retry-after': date(-60_000) }), 0],
    ['429, at a time a second from now', busy(429, { 'retry-after': date(1000) }), 990],
    ['429, in words nobody understands', busy(429, { 'retry-after': 'soon' }), 100],
    ['429, before now', busy(429, { 'retry-after': '-1' }), 100],
  ])('after %s', ([, answer, leastMs]) =>
    withGraph([answer, listing], async (graph, lookUp, sinceMs) => {
      expect(await inTime(leastMs + 1000, lookUp)).toMatchObject(LISTED);
      expect(graph.requests).toHaveLength(2);
      expect(sinceMs()).toBeGreaterThanOrEqual(leastMs);
    }),
  );

  it.for(['2', '60', '99999999999999999999', date(2000), date(86_400_000)])(
    'but not where that is no use: Retry-After: %s',
    (wait) =>
      withGraph([busy(429, { 'retry-after': wait }), listing], async (graph, lookUp) => {
        await inTime(500, () => expectDoubt(lookUp(), '429', 'longer pause'));
        expect(graph.requests).toHaveLength(1);
      }),
  );

  it('and no third time', () =>
    withGraph([busy(429), busy(503), listing], async (graph, lookUp) => {
      await expectDoubt(lookUp(), '503, twice');
      expect(graph.requests).toHaveLength(2);
    }));

  it('but a failing one is not', () =>
    withGraph([answering(500, refusal('InternalServerError')), listing], async (graph, lookUp) => {
      await expectDoubt(lookUp(), '500');
      expect(graph.requests).toHaveLength(1);
    }));

  it('and what it says then is read as strictly', () =>
    withGraph([busy(429), answering(200, {})], async (_graph, lookUp) => {
      await expectDoubt(lookUp());
    }));
});
