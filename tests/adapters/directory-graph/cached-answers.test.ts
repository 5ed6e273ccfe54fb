import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AnswerCache } from '../../../adapters/directory-graph/answer-cache.ts';
import { LruMap } from '../../../adapters/directory-graph/lru-map.ts';
import { parseClientId, type ClientId } from '../../../core/index.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { expectDoubt } from '../../support/graph-expectations.ts';
import {
  answering,
  directoryOn,
  openGraph,
  refusal,
  registrationBody,
  reply,
  type FakeGraph,
} from '../../support/graph-server.ts';

const AGENT = parseClientId('a9e00000-0000-4000-8000-000000000001');
const CLIENT = parseClientId('c11e0000-0000-4000-8000-000000000001');
const STRANGER = parseClientId('c11e0000-0000-4000-8000-000000000002');
const failing = answering(500, refusal('InternalServerError'));

describe('what Graph said is used', () => {
  let graph: FakeGraph;
  let clock: FixedClock;
  let directory: ReturnType<typeof directoryOn>;
  beforeEach(async () => {
    graph = await openGraph();
    clock = new FixedClock();
    directory = directoryOn(graph, { clock });
    graph.registrations.set(AGENT, [CLIENT]);
    graph.principals.set(AGENT, {});
  });
  afterEach(() => graph.close());

  const lists = async (client: ClientId): Promise<boolean> => {
    const found = await directory.findPreAuthorization(AGENT, client);
    return found.outcome === 'known' && found.clients.has(client);
  };
  /** How often Graph was asked while it was asked for. */
  const requestsOf = async (ask: () => Promise<unknown>): Promise<number> => {
    const before = graph.requests.length;
    await ask();
    return graph.requests.length - before;
  };

  it('for a listed client less than 60 s, then asked for again', async () => {
    const asked = clock.now();
    expect(await requestsOf(() => lists(CLIENT))).toBe(1);
    graph.registrations.set(AGENT, []);
    clock.advance(59_999);
    expect(await lists(CLIENT)).toBe(true);
    expect((await directory.findPreAuthorization(AGENT, CLIENT)).fetchedAt).toEqual(asked);
    clock.advance(1);
    expect(await lists(CLIENT)).toBe(false);
    expect((await directory.findPreAuthorization(AGENT, CLIENT)).fetchedAt).toEqual(clock.now());
  });

  it('for a client that is not listed less than 15 s, then asked for again', async () => {
    expect(await lists(STRANGER)).toBe(false);
    graph.registrations.set(AGENT, [CLIENT, STRANGER]);
    clock.advance(14_999);
    expect(await requestsOf(() => lists(STRANGER))).toBe(0);
    clock.advance(1);
    expect(await lists(STRANGER)).toBe(true);
  });

  it.for([
    ['without a registration', () => graph.registrations.delete(AGENT), 2],
    ['without anything', () => graph.registrations.delete(AGENT) && graph.principals.delete(AGENT), 2],
  ] as const)('of an application %s less than 15 s', async ([, change, requests]) => {
    change();
    const ask = () => directory.findPreAuthorization(AGENT, CLIENT);
    expect(await requestsOf(ask)).toBe(requests);
    clock.advance(14_999);
    expect(await requestsOf(ask)).toBe(0);
    graph.registrations.set(AGENT, [CLIENT]);
    clock.advance(1);
    expect(await lists(CLIENT)).toBe(true);
  });

  it('of a service principal less than 60 s, of none less than 15 s', async () => {
    const ask = () => directory.findServicePrincipalId(AGENT);
    expect(await ask()).toBeDefined();
    graph.principals.delete(AGENT);
    clock.advance(59_999);
    expect(await ask()).toBeDefined();
    clock.advance(1);
    expect(await ask()).toBeUndefined();
    graph.principals.set(AGENT, {});
    clock.advance(14_999);
    expect(await ask()).toBeUndefined();
    clock.advance(1);
    expect(await ask()).toBeDefined();
  });

  it('and a stranger who polls makes one request in 15 s, whoever else comes', async () => {
    let requests = 0;
    for (let second = 0; second < 60; second += 1) {
      requests += await requestsOf(() => Promise.all([lists(STRANGER), lists(CLIENT), lists(STRANGER)]));
      clock.advance(1000);
    }
    expect(requests).toBe(4);
  });

  it('as of when it was asked for, however long the answer took', async () => {
    graph.answerWith((_request, response) => {
      clock.advance(1500);
      reply(response, 200, registrationBody(AGENT, [CLIENT]));
    });
    const asked = clock.now();
    expect(await lists(CLIENT)).toBe(true);
    graph.answerWith();
    graph.registrations.set(AGENT, []);
    expect((await directory.findPreAuthorization(AGENT, CLIENT)).fetchedAt).toEqual(asked);
    clock.advance(58_500);
    expect(await lists(CLIENT)).toBe(false);
  });

  it('never where it was too old when it came: a function was frozen meanwhile', async () => {
    graph.answerWith((_request, response) => {
      clock.advance(60_000);
      reply(response, 200, registrationBody(AGENT, [CLIENT]));
    });
    await expectDoubt(lists(CLIENT), 'took too long');
  });

  it('never where the clock says that it comes from the future', async () => {
    expect(await lists(CLIENT)).toBe(true);
    graph.registrations.set(AGENT, []);
    clock.advance(-1);
    expect(await lists(CLIENT)).toBe(false);
  });

  it('never once Graph fails: no answer lives longer for it', async () => {
    expect([await lists(CLIENT), await lists(STRANGER)]).toEqual([true, false]);
    expect(await directory.findServicePrincipalId(AGENT)).toBeDefined();
    graph.answerWith(failing);
    clock.advance(15_000);
    await expectDoubt(lists(STRANGER));
    expect(await lists(CLIENT)).toBe(true);
    clock.advance(45_000);
    await expectDoubt(lists(CLIENT));
    await expectDoubt(directory.findServicePrincipalId(AGENT));
  });

  it('and that it fails is known for 5 s', async () => {
    graph.answerWith(failing);
    const ask = () => expectDoubt(lists(CLIENT));
    expect(await requestsOf(ask)).toBe(1);
    graph.answerWith();
    clock.advance(4999);
    expect(await requestsOf(ask)).toBe(0);
    clock.advance(1);
    expect(await lists(CLIENT)).toBe(true);
  });

  it('by everybody who asks meanwhile: one request for each application, also where it fails', async () => {
    const others = Array.from({ length: 50 }, () => lists(CLIENT));
    expect(await requestsOf(() => Promise.all(others))).toBe(1);
    clock.advance(60_000);
    graph.answerWith(failing);
    const asked = await requestsOf(() =>
      Promise.all(Array.from({ length: 50 }, () => expectDoubt(lists(CLIENT)))),
    );
    expect(asked).toBe(1);
  });

  it('apart for each application and question: one that fails does not stop another', async () => {
    graph.answerWith(failing);
    await expectDoubt(lists(CLIENT));
    graph.answerWith();
    expect(await directory.findServicePrincipalId(AGENT)).toBeDefined();
    graph.registrations.set(STRANGER, [CLIENT]);
    expect(await directory.findPreAuthorization(STRANGER, CLIENT)).toMatchObject({ outcome: 'known' });
  });
});

describe('what is kept is bounded', () => {
  it('by number and by weight, and what was used least recently goes first', () => {
    const map = new LruMap<string, string>({ maxEntries: 3, maxWeight: 10 });
    const kept = () => ['a', 'b', 'c', 'd', 'e'].filter((key) => map.get(key) !== undefined);
    for (const key of ['a', 'b', 'c']) map.set(key, key, 1);
    map.get('a');
    map.set('d', 'd', 1);
    expect(kept()).toEqual(['a', 'c', 'd']);
    map.set('c', 'c', 9);
    expect(kept()).toEqual(['c', 'd']);
    map.set('e', 'e', 11);
    expect(kept()).toEqual([]);
    expect(map.size).toBe(0);
  });

  it('and what was forgotten is asked for again, failures too', async () => {
    const cache = new AnswerCache<string, string>({
      clock: new FixedClock(),
      maxEntries: 2,
      maxWeight: 100,
      weigh: () => 1,
    });
    const asked: string[] = [];
    const ask = (key: string, fails = false): Promise<unknown> =>
      cache
        .get(
          key,
          () => 1000,
          () => {
            asked.push(key);
            return fails ? Promise.reject(new Error(key)) : Promise.resolve(key);
          },
        )
        .catch(() => undefined);
    for (const key of ['a', 'b', 'c', 'a']) await ask(key);
    expect(asked).toEqual(['a', 'b', 'c', 'a']);
    for (const key of ['x', 'y', 'z', 'x']) await ask(key, true);
    expect(asked.slice(4)).toEqual(['x', 'y', 'z', 'x']);
  });
});
