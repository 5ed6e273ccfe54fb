import { startStack } from '../../dev/stack.ts';
import { startStackWorker, type StackWorker } from '../support/stack-worker.ts';
import { contractCodes } from './contract-codes.ts';
import { loadCase } from './findings-file.ts';
import { judge, type Finding } from './judge.ts';
import { Ledger } from './ledger.ts';
import { encodeMessage } from './message.ts';
import { ANSWER_LIMIT_MS } from './phase-run.ts';
import { PHASES } from './phases.ts';
import { register } from './proven.ts';
import { sendCase, type Exchange } from './send.ts';
import { worldOf } from './world.ts';

export interface Replayed {
  /** As it was sent, before any edit of its bytes. */
  readonly sent: string;
  readonly exchange: Exchange;
  readonly findings: readonly Finding[];
  /** What the service logged of it. */
  readonly log: readonly string[];
}

/** Sends one kept case to a new stack, in the phase that it was found in. */
export async function replay(path: string): Promise<Replayed> {
  const fuzzCase = await loadCase(path);
  const phase = PHASES.find(({ name }) => name === fuzzCase.phase) ?? PHASES[0];
  const log: string[] = [];
  const stack = await startStack({
    agent: false,
    env: phase.env,
    log: (source, line) => {
      if (source === 'lkps') log.push(line);
    },
  });
  let worker: StackWorker | undefined;
  try {
    const world = worldOf(stack);
    const registered = await register(stack.lkps.port, world, new Ledger());
    worker = await startStackWorker(stack, 'agent-a', { register: () => Promise.resolve(registered) });
    const before = log.length;
    const exchange = await sendCase(stack.lkps.port, fuzzCase, world, ANSWER_LIMIT_MS);
    const findings = judge(fuzzCase, exchange, { ...phase, codes: await contractCodes() });
    const sent = fuzzCase.messages.map((message) =>
      Buffer.from(encodeMessage(message, world)).toString('latin1'),
    );
    return { sent: sent.join(''), exchange, findings, log: log.slice(before) };
  } finally {
    await worker?.close();
    await stack.stop();
  }
}
