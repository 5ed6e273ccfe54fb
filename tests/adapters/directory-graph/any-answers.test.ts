import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseClientId, type ClientId } from '../../../core/index.ts';
import { holds } from '../../support/arbitraries.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import {
  answering,
  directoryOn,
  openGraph,
  principalBody,
  refusal,
  registrationBody,
  reply,
  type Answer,
  type FakeGraph,
} from '../../support/graph-server.ts';

const AGENT = parseClientId('a9e00000-0000-4000-8000-000000000001');
const OTHER = parseClientId('a9e00000-0000-4000-8000-000000000002');
const CLIENTS = ['1', '2', '3'].map((end) => parseClientId(`c11e0000-0000-4000-8000-00000000000${end}`));

type Step =
  | { readonly kind: 'graph_says'; readonly what: 'lists'; readonly clients: readonly ClientId[] }
  | { readonly kind: 'graph_says'; readonly what: 'not_found' | 'fails' | 'lies' | 'nonsense' | 'cuts' }
  | { readonly kind: 'takes'; readonly ms: number }
  | { readonly kind: 'time_passes'; readonly ms: number }
  | { readonly kind: 'ask'; readonly clients: readonly ClientId[] };

const some = fc.subarray(CLIENTS);
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('graph_says' as const),
      what: fc.constant('lists' as const),
      clients: some,
    }),
    fc.record({
      kind: fc.constant('graph_says' as const),
      what: fc.constantFrom(
        'not_found' as const,
        'fails' as const,
        'lies' as const,
        'nonsense' as const,
        'cuts' as const,
      ),
    }),
    fc.record({ kind: fc.constant('takes' as const), ms: fc.constantFrom(0, 0, 1999, 30_000, 61_000) }),
    fc.record({
      kind: fc.constant('time_passes' as const),
      ms: fc.oneof(
        fc.constantFrom(-1000, 1, 4999, 5000, 14_999, 15_000, 45_000, 59_999, 60_000),
        fc.nat(70_000),
      ),
    }),
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('ask' as const), clients: some }) },
  ),
  { minLength: 4, maxLength: 30 },
);

let graph: FakeGraph;
beforeAll(async () => {
  graph = await openGraph();
});
afterAll(() => graph.close());

it('lets a client in only if Graph listed it at most 60 s ago, whatever Graph says and when', async () => {
  const met = { let_in: 0, kept_out: 0, in_doubt: 0 };
  await holds(
    steps,
    async (script) => {
      const clock = new FixedClock();
      const directory = directoryOn(graph, { clock });
      /** What Graph truly said, and when it was asked. */
      const said: { readonly at: number; readonly clients: readonly ClientId[] }[] = [];
      let takesMs = 0;
      const truly =
        (clients: readonly ClientId[]): Answer =>
        (request, response) => {
          if (request.url?.includes('/applications(') === true) {
            said.push({ at: clock.now().getTime(), clients });
            clock.advance(takesMs);
            reply(response, 200, registrationBody(AGENT, clients));
          } else {
            reply(response, 200, principalBody(AGENT));
          }
        };
      graph.answerWith(truly([]));
      for (const step of script) {
        switch (step.kind) {
          case 'graph_says':
            graph.answerWith(step.what === 'lists' ? truly(step.clients) : OTHERWISE[step.what]);
            break;
          case 'takes':
            takesMs = step.ms;
            break;
          case 'time_passes':
            clock.advance(step.ms);
            break;
          case 'ask':
            await Promise.all(
              step.clients.map(async (client) => {
                const found = await directory.findPreAuthorization(AGENT, client).catch(() => undefined);
                if (found?.outcome !== 'known' || !found.clients.has(client)) {
                  met[found === undefined ? 'in_doubt' : 'kept_out'] += 1;
                  return;
                }
                met.let_in += 1;
                const now = clock.now().getTime();
                const proof = said.filter(
                  ({ at, clients }) => clients.includes(client) && now - at <= 60_000,
                );
                expect(proof, 'let in by nothing Graph said').not.toEqual([]);
              }),
            );
        }
      }
    },
    { numRuns: 300 },
  );
  expect(Math.min(...Object.values(met))).toBeGreaterThan(50);
});

/** None of these lists anybody, whatever it looks like. */
const OTHERWISE: Readonly<Record<'not_found' | 'fails' | 'lies' | 'nonsense' | 'cuts', Answer>> = {
  not_found: answering(404, refusal('Request_ResourceNotFound')),
  fails: answering(500, registrationBody(AGENT, CLIENTS)),
  lies: answering(200, registrationBody(OTHER, CLIENTS)),
  nonsense: answering(200, { ...registrationBody(AGENT, CLIENTS), api: CLIENTS }),
  cuts: (request) => void request.socket.destroy(),
};
