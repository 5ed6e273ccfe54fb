/** `npm run demo`: the whole platform on this machine, one conversation, and what those get who may not have one. */
import { performance } from 'node:perf_hooks';
import { tryAgentToken } from './demo/agent-token.ts';
import { showConversation } from './demo/conversation.ts';
import { Records } from './demo/records.ts';
import { showRegistration } from './demo/registration.ts';
import { tryStolenToken, tryUnauthorised, type Refusal } from './demo/refusals.ts';
import { ServiceLog } from './demo/service-log.ts';
import { Terminal } from './demo/terminal.ts';
import { showAuditTrail, showLife } from './demo/trail.ts';
import type { StackDescription } from './description.ts';
import { reported } from './progress.ts';
import { describeStack } from './stack-description.ts';
import { startStack } from './stack.ts';
import { listenForStop } from './stop-request.ts';
import { terminalProgress } from './terminal-progress.ts';

/** LiveKit keeps a room for 20 s after its participant left. */
const END_TIMEOUT_MS = 60_000;

const terminal = new Terminal(process.stdout);
const progress = terminalProgress(process.stdout);
const stopping = listenForStop();

process.exitCode = await main(stopping.signal);

async function main(signal: AbortSignal): Promise<number> {
  terminal.row('LKPS: Entra identity in front of LiveKit. Everything runs on this machine.');
  terminal.heading('Starting the real parts');
  try {
    const log = new ServiceLog();
    const stack = await startStack({
      signal,
      progress,
      log: (source, line) => {
        if (source === 'lkps') log.add(line);
      },
    });
    try {
      await showRegistration(stack.agent, log, terminal);
      await show(describeStack(stack), log, signal);
    } finally {
      terminal.heading('Stopping');
      await stack.stop();
    }
    terminal.done('  All of it happened. Every process is stopped.');
    return 0;
  } catch (error) {
    terminal.failed(`  ${signal.aborted ? 'Interrupted; every process is stopped.' : String(error)}`);
    return stopping.exitCode() ?? 1;
  }
}

async function show(stack: StackDescription, log: ServiceLog, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  const records = await Records.open(stack.database_url);
  try {
    const session = await showConversation({ stack, records, log, terminal, signal });
    const [unauthorised, ofAgent, stolen, endReason] = await reported(
      progress,
      "The room's end",
      (working) =>
        whileTelling(working, 'LiveKit keeps the room 20 s; others try meanwhile', [
          tryUnauthorised(stack, records),
          tryAgentToken(stack, records),
          tryStolenToken(stack, signal),
          records.waitForEnd(session.sessionId, END_TIMEOUT_MS, signal),
        ]),
      signal,
    );
    await showLife(records, session, terminal);
    terminal.row(`on record: ended, ${endReason}`);
    await showAuditTrail(stack, records, session, terminal);
    showRefusals('Who may not, and what they get', unauthorised);
    showRefusals("What an agent's token opens", ofAgent);
    showRefusals('What a stolen participant token opens', stolen);
    terminal.note(`${((performance.now() - startedAt) / 1000).toFixed(0)} s from the first hop to here`);
  } finally {
    await records.close();
  }
}

/** Something takes longer than a person should look at nothing. */
async function whileTelling<Parts extends readonly Promise<unknown>[]>(
  tell: (detail: string) => void,
  detail: string,
  parts: [...Parts],
): Promise<{ -readonly [Index in keyof Parts]: Awaited<Parts[Index]> }> {
  tell(detail);
  const startedAt = performance.now();
  const ticking = setInterval(() => {
    tell(`${detail} (${((performance.now() - startedAt) / 1000).toFixed(0)} s)`);
  }, 1000);
  try {
    return await Promise.all(parts);
  } finally {
    clearInterval(ticking);
  }
}

function showRefusals(heading: string, refusals: readonly Refusal[]): void {
  terminal.heading(heading);
  for (const { attempt, verdict, outcome } of refusals) {
    terminal.verdict(verdict, attempt, outcome);
  }
}
