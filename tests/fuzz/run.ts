import { Client } from 'pg';
import { watchMachine, type Machine } from '../../bench/machine.ts';
import { startStack, type Stack } from '../../dev/stack.ts';
import { startStackWorker } from '../support/stack-worker.ts';
import { readRecords, settle } from './accounts.ts';
import { CANARY } from './canaries.ts';
import { contractCodes } from './contract-codes.ts';
import type { FuzzOptions } from './fuzz-options.ts';
import type { Finding } from './judge.ts';
import { Ledger } from './ledger.ts';
import { LogWatch } from './log-watch.ts';
import { onePhase, type PhaseReport } from './one-phase.ts';
import { PHASES } from './phases.ts';
import { register } from './proven.ts';
import { RoomWatch } from './rooms.ts';
import { shrink } from './shrink.ts';
import { worldOf, type World } from './world.ts';

export interface FuzzReport {
  readonly requests: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly phases: readonly PhaseReport[];
  readonly sessions: number;
  readonly rooms: number;
  readonly auditRows: number;
  readonly logLines: number;
  readonly machine: Machine;
  readonly findings: readonly Finding[];
}

/** The whole run: starts the real parts, sends, and holds what is on record against what was answered. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const secrets: string[] = [CANARY];
  const log = new LogWatch(secrets);
  const stack = await startStack({
    agent: false,
    env: PHASES[0].env,
    log: (source, line) => {
      if (source === 'lkps') log.add(line);
    },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  secrets.push(...secretsOf(stack));
  const db = new Client({ connectionString: stack.postgres.adminUrl });
  try {
    await db.connect();
    return await run(options, { stack, db, log });
  } finally {
    await db.end().catch(() => undefined);
    await stack.stop();
  }
}

interface Parts {
  readonly stack: Stack;
  readonly db: Client;
  readonly log: LogWatch;
}

async function run(options: FuzzOptions, parts: Parts): Promise<FuzzReport> {
  const machine = watchMachine();
  const { stack } = parts;
  const world = worldOf(stack);
  const ledger = new Ledger();
  const registered = await register(stack.lkps.port, world, ledger);
  const worker = await startStackWorker(stack, 'agent-a', { register: () => Promise.resolve(registered) });
  try {
    return await runOnline(options, { ...parts, machine, world, ledger });
  } finally {
    await worker.close();
  }
}

interface OnlineParts extends Parts {
  readonly machine: () => Machine;
  readonly world: World;
  readonly ledger: Ledger;
}

async function runOnline(
  options: FuzzOptions,
  { stack, db, log, machine, world, ledger }: OnlineParts,
): Promise<FuzzReport> {
  const startedAt = performance.now();
  const parts = { stack, world, ledger, codes: await contractCodes() };
  const rooms = new RoomWatch(stack);
  const found: Finding[] = [];
  const phases: PhaseReport[] = [];
  for (const phase of PHASES) {
    if (options.signal?.aborted !== true && found.length === 0) {
      const { findings, report } = await onePhase(options, phase, parts);
      found.push(...findings);
      phases.push(report);
    }
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const records = await readRecords(db, CANARY);
  const unsettled = settle(ledger, records, {
    agents: [world.value('agent-a'), world.value('agent-b')],
    reachable: world.value('agent-a'),
    clients: [world.value('client-a'), world.value('agent-a')],
  });
  const inRooms = await rooms.finish(records);
  return {
    requests: ledger.requests,
    statuses: ledger.statuses,
    seconds,
    phases,
    sessions: records.sessions.length,
    rooms: rooms.count,
    auditRows: records.audit.reduce((sum, { n }) => sum + n, 0),
    logLines: log.lines,
    machine: machine(),
    // Last, since it sends some requests again.
    findings: [
      ...(await shrink(found, { port: stack.lkps.port, ...parts })),
      ...unsettled,
      ...inRooms,
      ...log.findings,
    ],
  };
}

function secretsOf({ proof, lkpsEnv, postgres, ...keys }: Stack): readonly string[] {
  const password = new URL(postgres.serviceUrl).password;
  const { livekitKey, webhookKey, agentTokenKey } = keys;
  const ofKeys = [livekitKey, webhookKey, agentTokenKey].map(({ secret }) => secret);
  return [proof.value, ...ofKeys, lkpsEnv['LKPS_SUBJECT_KEY'] ?? CANARY, password];
}
