/** `npm run demo`: the whole platform on this machine, one conversation, and what those get who may not have one. */
import { performance } from 'node:perf_hooks';
import { showConversation } from './demo/conversation.ts';
import { Records } from './demo/records.ts';
import { showRegistration } from './demo/registration.ts';
import { tryStolenToken, tryUnauthorised, type Refusal } from './demo/refusals.ts';
import { Terminal } from './demo/terminal.ts';
import { showAuditTrail, showLife } from './demo/trail.ts';
import type { StackDescription } from './description.ts';
import { reported } from './progress.ts';
import { describeStack } from './stack-description.ts';
import { startStack } from './stack.ts';
import { terminalProgress } from './terminal-progress.ts';

/** LiveKit keeps a room for 20 s after its participant left. */
const END_TIMEOUT_MS = 60_000;

const terminal = new Terminal(process.stdout);
const progress = terminalProgress(process.stdout);
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interruption.abort(new Error('interrupted'));
  });
}

process.exitCode = await main(interruption.signal);

async function main(signal: AbortSignal): Promise<number> {
  terminal.row('LKPS: Entra identity in front of LiveKit. Everything runs on this machine.');
  terminal.heading('Starting the real parts');
  try {
    const stack = await startStack({
      signal,
      progress,
    });
    try {
      showRegistration(stack.agent, terminal);
      await show(describeStack(stack), signal);
    } finally {
      terminal.heading('Stopping');
      await stack.stop();
    }
    terminal.done('  All of it happened. Every process is stopped.');
    return 0;
  } catch (error) {
    terminal.failed(`  ${signal.aborted ? 'Interrupted; every process is stopped.' : String(error)}`);
    return signal.aborted ? 130 : 1;
  }
}

async function show(stack: StackDescription, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  const records = await Records.open(stack.database_url);
  try {
    const session = await showConversation(stack, terminal, signal);
    const [unauthorised, stolen, endReason] = await reported(
      progress,
      'LiveKit closes the room 20 s after the client left',
      () =>
        Promise.all([
          tryUnauthorised(stack, records),
          tryStolenToken(stack, signal),
          records.waitForEnd(session.sessionId, END_TIMEOUT_MS, signal),
        ]),
    );
    await showLife(records, session, terminal);
    terminal.row(`on record: ended, ${endReason}`);
    await showAuditTrail(stack, records, session, terminal);
    showRefusals('Who may not, and what they get', unauthorised);
    showRefusals('What a stolen participant token opens', stolen);
    terminal.note(`${((performance.now() - startedAt) / 1000).toFixed(0)} s from the first hop to here`);
  } finally {
    await records.close();
  }
}

function showRefusals(heading: string, refusals: readonly Refusal[]): void {
  terminal.heading(heading);
  for (const { attempt, verdict, outcome } of refusals) {
    terminal.verdict(verdict, attempt, outcome);
  }
}
