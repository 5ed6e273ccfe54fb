import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AgentName, WorkerRegistry } from '../../core/index.ts';
import { holds } from '../support/arbitraries.ts';
import { freshAgent, freshAgents, freshGateway } from '../support/worker-cast.ts';

export interface WorkerPresenceSubject {
  readonly workers: WorkerRegistry;
  /** As if so much time had passed since all that was announced. */
  readonly later: (ms: number) => Promise<void>;
}

/** Of two gateways, and how much time passes after each: 15 s are never over by a hair, also where the calls take theirs. */
const announcements = fc.array(
  fc.record({
    gateway: fc.nat(1),
    online: fc.subarray([0, 1, 2, 3]),
    thenMs: fc.constantFrom(0, 0, 8_000, 20_000),
  }),
  { minLength: 1, maxLength: 6 },
);

/** What a WorkerRegistry promises of agents that are online: part of its contract. */
export function itKnowsWhoIsOnline(subject: () => WorkerPresenceSubject): void {
  it('believes the newest word of each gateway for 15 s, and takes an agent for online where one says so', async () => {
    const seen = { online: 0, offline: 0 };
    await holds(
      announcements,
      async (drawn) => {
        const { workers, later } = subject();
        const names = freshAgents().map(({ name }) => name);
        const gateways = [freshGateway(), freshGateway()];
        const words = new Map<number, { readonly online: readonly number[]; ageMs: number }>();
        for (const { gateway, online, thenMs } of drawn) {
          const said = names.filter((_, index) => online.includes(index));
          await workers.announce(gateways[gateway] ?? expect.unreachable(), said);
          words.set(gateway, { online, ageMs: 0 });
          if (thenMs > 0) {
            await later(thenMs);
            words.forEach((word) => (word.ageMs += thenMs));
          }
        }
        const believed = [...words.values()].filter(({ ageMs }) => ageMs < 15_000);
        for (const [index, name] of names.entries()) {
          const isOnline = believed.some(({ online }) => online.includes(index));
          expect(await workers.isOnline(name)).toBe(isOnline);
          seen[isOnline ? 'online' : 'offline'] += 1;
        }
      },
      { numRuns: 20 },
    );
    expect(Math.min(seen.online, seen.offline)).toBeGreaterThan(5);
  });

  it('keeps apart what many gateways announce at the same time', async () => {
    const { workers } = subject();
    const pairs = Array.from({ length: 12 }, () => [freshGateway(), freshAgent().name] as const);
    const say = (online: (agent: AgentName) => readonly AgentName[]): Promise<unknown> =>
      Promise.all(pairs.map(([gateway, agent]) => workers.announce(gateway, online(agent))));
    const answers = (): Promise<readonly boolean[]> =>
      Promise.all(pairs.map(([, agent]) => workers.isOnline(agent)));
    await say((agent) => [agent]);
    expect(await answers()).not.toContain(false);
    await say(() => []);
    expect(await answers()).not.toContain(true);
  });
}
