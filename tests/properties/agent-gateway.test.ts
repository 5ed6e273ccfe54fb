import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openLine, parseJobId, step, type LineEvent } from '../../core/index.ts';
import { AGENTS } from '../support/gateway-cast.ts';
import { messages, serverMessages } from '../support/gateway-messages.ts';
import { anyMoves, honestMoves, type Move } from '../support/gateway-moves.ts';
import type { GatewayTruth } from '../support/gateway-truth.ts';
import { GatewayWorld } from '../support/gateway-world.ts';

/** What the stories have to come to among them, so that no law is kept for want of a case. */
const OUTCOMES = [
  ...['register', 'accept', 'decline', 'update_worker', 'update_job', 'ping', 'migrate_job'].map(told),
  ...['assigned', 'terminated', 'planned closed', 'planned settling'],
  ...[
    'room_of_another_agent',
    'room_unknown',
    'session_over',
    'agent_revoked',
    'audit_unavailable',
    'no_answer',
  ].map((reason) => `withheld ${reason}`),
  ...['text_frame', 'malformed_frame', 'register_expected', 'second_register', 'wrong_agent_name'].map(
    refused,
  ),
  ...['wrong_job_type', 'simulate_job', 'seat_too_large'].map(refused),
  ...['unknown_message', 'answer_without_offer', 'foreign_job', 'after_close'].map(
    (what) => `dropped ${what}`,
  ),
];

describe('invariant 7: workers, sessions and LiveKit, with a gateway between them', () => {
  it("gives no worker another agent's job, and LiveKit hears nothing that the policy did not make", async () => {
    const seen = await everyStory(anyMoves, { numRuns: 400 }, (world) => world.finish());
    expect([...seen.keys()]).toEqual(expect.arrayContaining(OUTCOMES));
  }, 90_000);

  it('loses no job of workers that stay, while at each planned close another one serves the agent', async () => {
    const seen = await everyStory(honestMoves, { numRuns: 150, careful: true }, async (world) => {
      await world.finish();
      for (const { id } of world.livekit.jobs) {
        const takers = world.connections.filter(({ laws }) => laws.offers.get(id)?.isAssigned === true);
        expect(takers).toHaveLength(1);
      }
    });
    expect([...seen.keys()]).toEqual(
      expect.arrayContaining(['assigned', 'planned closed', 'planned settling']),
    );
  });

  it('throws at nothing, in whatever order and with whatever strings and numbers it comes', () => {
    const jobId = fc.nat(3).map((index) => parseJobId(`AJ_job${index}`));
    const events: fc.Arbitrary<LineEvent<string>> = fc.oneof(
      messages.map((message) => ({ kind: 'worker_said' as const, message })),
      serverMessages.map((message) => ({ kind: 'server_said' as const, message })),
      fc.record({
        kind: fc.constant('offer_overdue'),
        jobId,
        missing: fc.constantFrom('answer', 'assignment'),
      }),
      fc.record({ kind: fc.constant('acceptance_recorded'), jobId, token: fc.string() }),
      fc.record({ kind: fc.constant('offer_judged'), jobId, verdict: fc.constant({ outcome: 'ours' }) }),
      fc.record({ kind: fc.constant('acceptance_failed'), jobId, reason: fc.string() }),
      fc.record({ kind: fc.constant('close_planned'), reason: fc.constantFrom('renewed', 'expired') }),
      fc.record({ kind: fc.constantFrom('load_due', 'ended') }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...AGENTS), fc.array(events, { maxLength: 30 }), (agent, all) => {
        const steps = all.reduce((line, event) => step(line, event).line, openLine<string>(agent));
        expect(steps.agent).toBe(agent);
      }),
    );
  });
});

/** The laws of tests/support/gateway-*-laws.ts are held against whatever a move leads to. */
class Play implements fc.AsyncCommand<GatewayTruth, GatewayWorld> {
  readonly #move: Move;

  constructor(move: Move) {
    this.#move = move;
  }

  check(): boolean {
    return true;
  }

  run(_: GatewayTruth, world: GatewayWorld): Promise<void> {
    return world.play(this.#move);
  }

  toString(): string {
    return fc.stringify(this.#move);
  }
}

/** @returns How often what came of them all. */
async function everyStory(
  moves: readonly fc.WeightedArbitrary<Move>[],
  { numRuns, careful = false }: { readonly numRuns: number; readonly careful?: boolean },
  end: (world: GatewayWorld) => Promise<void>,
): Promise<ReadonlyMap<string, number>> {
  const seen = new Map<string, number>();
  const plays = fc.oneof(...moves).map((move) => new Play(move));
  const stories = fc.commands([plays], { maxCommands: 120, size: 'max' });
  await fc.assert(
    fc.asyncProperty(stories, fc.nat(), async (story, seed) => {
      const world = await new GatewayWorld(randomFrom(seed), { careful }).begin();
      await fc.asyncModelRun(() => ({ model: world.truth, real: world }), story);
      await end(world);
      world.seen.forEach((count, what) => seen.set(what, (seen.get(what) ?? 0) + count));
    }),
    { numRuns },
  );
  return seen;
}

/** A linear congruential generator: what LiveKit chooses is part of the story. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

function told(report: string): string {
  return `told ${report}`;
}

function refused(offence: string): string {
  return `refused ${offence}`;
}
