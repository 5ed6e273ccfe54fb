import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClientShares } from '../../../adapters/http/client-shares.ts';
import type { ClientId } from '../../../core/index.ts';
import { holds } from '../../support/arbitraries.ts';
import { AGENT, CLIENT, STRANGER } from '../../support/platform-cast.ts';

interface Work {
  readonly client: ClientId;
  readonly end: (how: 'done' | 'failed') => void;
}

/** Shares in `maxInFlight`, and the work that goes on in them. */
function sharesOf(maxInFlight: number): {
  readonly shares: ClientShares;
  readonly working: Set<Work>;
  readonly ask: (client: ClientId) => Promise<string>;
} {
  const shares = new ClientShares(maxInFlight);
  const working = new Set<Work>();
  const begin = (client: ClientId): Promise<string> =>
    new Promise((resolve, reject) => {
      const work: Work = {
        client,
        end: (how) => {
          working.delete(work);
          if (how === 'done') {
            resolve('done');
          } else {
            reject(new Error('planted defect'));
          }
        },
      };
      working.add(work);
    });
  const ask = (client: ClientId): Promise<string> =>
    shares
      .admit(client, () => begin(client))
      .catch((error: unknown) => (error as { code?: string }).code ?? 'failed');
  return { shares, working, ask };
}

async function after(ticks: number): Promise<void> {
  for (let tick = 0; tick < ticks; tick += 1) {
    await Promise.resolve();
  }
}

const steps = fc.array(
  fc.oneof(
    fc.record({ asks: fc.constantFrom(AGENT, CLIENT, STRANGER) }),
    fc.record({ ends: fc.nat(), how: fc.constantFrom('done' as const, 'failed' as const) }),
  ),
  { maxLength: 60 },
);

describe('the share of a client', () => {
  it('is half of what is in flight, at least one, whatever begins, ends and fails', () =>
    holds(fc.tuple(fc.integer({ min: 0, max: 9 }), steps), async ([maxInFlight, script]) => {
      const { shares, working, ask } = sharesOf(maxInFlight);
      const most = Math.max(1, Math.floor(maxInFlight / 2));
      const ofClient = (client: ClientId): number =>
        [...working].filter((work) => work.client === client).length;
      for (const step of script) {
        if ('asks' in step) {
          const before = ofClient(step.asks);
          const asked = ask(step.asks);
          expect(ofClient(step.asks)).toBe(Math.min(before + 1, most));
          if (before === most) {
            expect(await asked).toBe('overloaded');
          }
        } else {
          [...working][step.ends % Math.max(1, working.size)]?.end(step.how);
          await turn();
        }
        expect(shares.size).toBe(new Set([...working].map(({ client }) => client)).size);
      }
      for (const { end } of working) {
        end('failed');
      }
      await turn();
      expect(shares.size).toBe(0);
    }));

  it('is counted right also while all of its work ends and other work begins', async () => {
    for (let ticks = 0; ticks < 12; ticks += 1) {
      const { working, ask } = sharesOf(4);
      const first = [ask(CLIENT), ask(CLIENT)];
      const [one, other] = working;
      one?.end('done');
      void after(ticks).then(() => ask(CLIENT));
      other?.end('done');
      await Promise.all(first);
      await turn();
      for (let more = 0; more < 3; more += 1) {
        void ask(CLIENT);
      }
      expect(working.size, `${ticks} ticks`).toBe(2);
    }
  });

  it('does not begin what it refuses', async () => {
    const shares = new ClientShares(2);
    let begun = 0;
    const work = (): Promise<void> => {
      begun += 1;
      return Promise.resolve();
    };
    const refused = { code: 'overloaded', message: `client ${CLIENT} has 1 requests in flight` };
    const first = shares.admit(CLIENT, work);
    await expect(shares.admit(CLIENT, work)).rejects.toMatchObject({ ...refused, retryAfterMs: 1_000 });
    await first;
    expect(begun).toBe(1);
  });
});
