import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { GraphFault } from '../../dev/entra/graph-fault.ts';
import type { Answer } from '../../dev/platform-client.ts';
import { eventually } from '../support/eventually.ts';
import { openGraphStack, type GraphStack } from '../support/graph-stack.ts';
import { tookMs, trifle } from '../support/unstalled.ts';

const ANSWER_MS = 5_000;
/** In less nobody gives up who has 2 s for an answer that comes after 1 s. */
const PATIENT_MS = 1_000;

describe('where Graph', () => {
  let fixture: GraphStack;
  let tokens: GraphStack['tokens'];
  let idOf: GraphStack['idOf'];
  let register: GraphStack['register'];
  let start: GraphStack['start'];
  let trailOf: GraphStack['trailOf'];
  let sure: GraphStack['sure'];
  beforeAll(async () => {
    fixture = await openGraphStack();
    ({ tokens, idOf, register, start, trailOf, sure } = fixture);
  });
  afterAll(() => fixture.close());
  afterEach(() => {
    fixture.stack.entra.graph.setFault(undefined);
  });

  const sessions = async (): Promise<number> =>
    (await fixture.sql<{ n: number }>('select count(*)::int as n from sessions'))[0]?.n ?? -1;

  const faults: readonly (readonly [string, GraphFault, 'in doubt' | 'sooner or later'])[] = [
    ['is slow', { kind: 'slow', ms: 1000 }, 'sooner or later'],
    ['is busy for a second', { kind: 'throttling', times: 1, retryAfter: '1' }, 'sooner or later'],
    ['is too slow', { kind: 'slow', ms: 2500 }, 'in doubt'],
    ['hangs', { kind: 'hanging' }, 'in doubt'],
    ['is busy for a minute', { kind: 'throttling', retryAfter: '60' }, 'in doubt'],
    ['fails', { kind: 'failing' }, 'in doubt'],
    ['refuses', { kind: 'refusing' }, 'in doubt'],
    ['is gone', { kind: 'absent' }, 'in doubt'],
    ['answers with a web page', { kind: 'web_page' }, 'in doubt'],
    ['answers in another shape', { kind: 'wrong_shape' }, 'in doubt'],
    ['lies', { kind: 'lying', lists: [] }, 'in doubt'],
  ];

  it.each(faults)(
    '%s: nobody who is not listed gets a token or a room; who is gets it or a 503, within 5 s',
    async (_name, fault, outcome) => {
      const { stack } = fixture;
      const service = await stack.startLkps();
      const edge = await stack.startOcelot(service.url);
      // Who they are is known by then: what fails is the question whether they may.
      for (const client of ['client-a', 'client-b'] as const) {
        const unknown = () => start(tokens[client], idOf('client-unlisted'), edge.url);
        expect((await sure(unknown)).status).toBe(404);
      }
      const before = { rooms: await fixture.rooms(), sessions: await sessions() };
      const newRooms = async () => (await fixture.rooms()).filter((name) => !before.rooms.includes(name));
      stack.entra.graph.setFault(fault.kind === 'lying' ? { ...fault, lists: [idOf('client-b')] } : fault);
      const asking = (client: 'client-a' | 'client-b') => () =>
        start(tokens[client], idOf('agent-a'), edge.url);
      const from = performance.now();
      const answers = Promise.all([asking('client-a')(), asking('client-b')()]);
      expect(await tookMs(answers, trifle(fixture, service.url))).toBeLessThan(ANSWER_MS);
      const tookLong = performance.now() - from > PATIENT_MS;
      const [listed, unlisted] = await answers;

      expect(JSON.stringify(unlisted.body)).not.toContain('eyJ');
      if (outcome === 'sooner or later') {
        // Where the machine takes the rest of the 2 s, it is a 503 first.
        const inTheEnd = (answer: Answer, ask: () => Promise<Answer>): Promise<Answer> =>
          answer.status === 503 && tookLong ? sure(ask) : Promise.resolve(answer);
        expect((await inTheEnd(listed, asking('client-a'))).status).toBe(201);
        expect(await inTheEnd(unlisted, asking('client-b'))).toMatchObject({
          status: 403,
          body: { code: 'client_not_authorized' },
        });
        expect(await newRooms()).toHaveLength(1);
      } else {
        for (const answer of [listed, unlisted]) {
          expect(answer).toMatchObject({ status: 503, body: { code: 'authorization_unavailable' } });
          expect(await trailOf(answer)).toMatchObject([
            { type: 'session.denied', outcome: 'error', reason: 'authorization_unavailable' },
          ]);
        }
        expect(await newRooms()).toEqual([]);
        expect(await sessions()).toBe(before.sessions);
      }
      await edge.stop();
      await service.stop();
    },
  );

  it.each<[string, () => Readonly<Record<string, string>>, string]>([
    ['is away, and Entra too', () => ({ LKPS_ENTRA_AUTHORITY: 'https://127.0.0.1:9' }), 'no token for Graph'],
    [
      'is somebody with a certificate that nobody trusts',
      () => ({ NODE_EXTRA_CA_CERTS: '' }),
      'no token for Graph',
    ],
    [
      'gets no token, because the secret is wrong',
      () => ({ LKPS_GRAPH_CLIENT_SECRET: 'canary-of-a-wrong-secret-0123456789' }),
      'AADSTS7000215',
    ],
    [
      'gets a token without the permission',
      () => ({
        LKPS_GRAPH_CLIENT_ID: idOf('client-a'),
        LKPS_GRAPH_CLIENT_SECRET: fixture.description.apps['client-a'].client_secret,
      }),
      'Application.Read.All',
    ],
  ])('%s: the service starts, lets nobody in, and its log says why', async (_name, env, word) => {
    const logged = fixture.log.length;
    const service = await fixture.stack.startLkps(env());
    const edge = await fixture.stack.startOcelot(service.url);
    const answers = Promise.all([
      register(tokens['agent-a'], edge.url),
      start(tokens['client-a'], idOf('agent-a'), edge.url),
      start(tokens['client-b'], idOf('agent-a'), edge.url),
    ]);
    expect(await tookMs(answers, trifle(fixture, service.url))).toBeLessThan(ANSWER_MS);
    for (const answer of await answers) {
      expect(answer).toMatchObject({ status: 503, body: { code: 'authorization_unavailable' } });
    }
    await eventually(
      () => Promise.resolve(fixture.log.slice(logged).join('\n')),
      (lines) => lines.includes(word),
    );
    await edge.stop();
    await service.stop();
  });

  it('none of it printed a token or a secret', () => {
    const logged = fixture.log.join('\n');
    expect(logged).toContain('authorization_unavailable');
    const { service, apps } = fixture.stack.accounts;
    for (const secret of ['eyJ', 'canary', service.clientSecret, apps['client-a'].clientSecret]) {
      expect(logged).not.toContain(secret);
    }
  });
});
