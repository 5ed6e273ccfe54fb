import type { FuzzCase } from './fuzz-case.ts';
import { generateCase } from './generate.ts';
import { judge, type Expectations, type Finding } from './judge.ts';
import type { Ledger } from './ledger.ts';
import type { Phase } from './phases.ts';
import { sendCase } from './send.ts';
import type { World } from './world.ts';

/** On a machine that does other things too. */
export const ANSWER_LIMIT_MS = 15_000;
const MAX_FINDINGS = 25;

export interface PhaseRun {
  readonly phase: Phase;
  readonly seed: number;
  readonly requests: number;
  readonly connections: number;
  readonly port: number;
  readonly world: World;
  readonly ledger: Ledger;
  readonly expected: Expectations;
  readonly onSent: (count: number) => void;
  readonly isOver: () => boolean;
}

/** Sends until that many requests are sent, or enough is found. Which cases they are depends on the seed alone. */
export async function runPhase(run: PhaseRun): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const next = cases(run);
  const work = async (): Promise<void> => {
    for (const fuzzCase of next) {
      const exchange = await sendCase(run.port, fuzzCase, run.world, ANSWER_LIMIT_MS);
      run.ledger.add(fuzzCase, exchange);
      findings.push(...judge(fuzzCase, exchange, run.expected));
      run.onSent(fuzzCase.messages.length);
      if (findings.length >= MAX_FINDINGS || run.isOver()) {
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: run.connections * run.phase.connections }, work));
  return findings;
}

/** One list for all connections. */
function cases({ phase, seed, requests }: PhaseRun): Iterable<FuzzCase> {
  const state = { index: 0, sent: 0 };
  const next = (): IteratorResult<FuzzCase> => {
    if (state.sent >= requests) {
      return { done: true, value: undefined };
    }
    const fuzzCase = generateCase(seed, phase.name, state.index);
    state.index += 1;
    state.sent += fuzzCase.messages.length;
    return { done: false, value: fuzzCase };
  };
  return { [Symbol.iterator]: () => ({ next }) };
}
