import type { FuzzCase } from './fuzz-case.ts';
import { judge, type Expectations, type Finding } from './judge.ts';
import type { Message } from './message.ts';
import { ANSWER_LIMIT_MS } from './phase-run.ts';
import { PHASES } from './phases.ts';
import { sendCase } from './send.ts';
import type { World } from './world.ts';

const MAX_TRIALS = 60;
const MAX_SHRUNK = 5;
/** Those that hold whatever was sent. The others depend on what a request was made from, which a smaller one may not be. */
const UNCONDITIONAL = [
  'no 5xx',
  'every answer is well-formed',
  'a refusal is a documented one',
  'no token in a refusal',
];

interface Target {
  readonly port: number;
  readonly world: World;
  readonly codes: Expectations['codes'];
}

/** The first findings of the first phase with smaller requests that break the same law, where there are any. */
export async function shrink(findings: readonly Finding[], target: Target): Promise<readonly Finding[]> {
  const shrunk: Finding[] = [];
  for (const [index, finding] of findings.entries()) {
    const { law, fuzzCase } = finding;
    const worth = index < MAX_SHRUNK && UNCONDITIONAL.includes(law) && fuzzCase?.phase === PHASES[0].name;
    shrunk.push(worth ? await smallest(finding, fuzzCase, target) : finding);
  }
  return shrunk;
}

async function smallest(finding: Finding, start: FuzzCase, target: Target): Promise<Finding> {
  let best = finding;
  let candidates = smaller(start);
  for (let trials = 0; trials < MAX_TRIALS; trials += 1) {
    const [candidate, ...rest] = candidates;
    if (candidate === undefined) {
      return best;
    }
    const exchange = await sendCase(target.port, candidate, target.world, ANSWER_LIMIT_MS);
    const again = judge(candidate, exchange, { ...PHASES[0], codes: target.codes }).find(
      ({ law }) => law === finding.law,
    );
    best = again ?? best;
    candidates = again === undefined ? rest : smaller(candidate);
  }
  return best;
}

function smaller(fuzzCase: FuzzCase): readonly FuzzCase[] {
  const { messages, edits, delivery } = fuzzCase;
  return [
    ...(messages.length > 1 ? messages.map((message) => ({ ...fuzzCase, messages: [message] })) : []),
    ...(delivery.kind === 'whole' ? [] : [{ ...fuzzCase, delivery: { kind: 'whole' } as const }]),
    ...edits.map((_, index) => ({ ...fuzzCase, edits: edits.toSpliced(index, 1) })),
    ...messages.flatMap((message, place) =>
      smallerMessages(message).map((other) => ({ ...fuzzCase, messages: messages.with(place, other) })),
    ),
  ];
}

function smallerMessages(message: Message): readonly Message[] {
  const { body, headers } = message;
  const half = Math.floor(body.length / 2);
  return [
    ...(body.length > 1 ? [body.slice(0, half), body.slice(half)] : []).map((part) => ({
      ...message,
      body: part,
    })),
    ...headers.map((_, index) => ({ ...message, headers: headers.toSpliced(index, 1) })),
  ];
}
