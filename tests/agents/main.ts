/**
 * `npm run agents [-- --only 1.4|1.8|node]`: agents of the official libraries, unmodified but for where the worker's token
 * comes from, through the whole platform. Exits 0 only if every law held for every one of them.
 */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { listenForStop } from '../../dev/stop-request.ts';
import { openStack } from '../support/stack-fixture.ts';
import { startNodeAgent, startPythonAgent } from './agent-processes.ts';
import { GENERATIONS, installAgents } from './install.ts';
import { liveThrough } from './story.ts';

const REPORTS = fileURLToPath(new URL('../../reports/agents/', import.meta.url));
/** So short that tokens are renewed meanwhile. */
const TTL_SECONDS = '24';
const KINDS = [...GENERATIONS, 'node'] as const;

const stopping = listenForStop();
const { values } = parseArgs({ options: { only: { type: 'string' } } });

process.exitCode = await main();

async function main(): Promise<number> {
  await mkdir(REPORTS, { recursive: true });
  const kinds = KINDS.filter((kind) => values.only === undefined || values.only === kind);
  let failed = kinds.length === 0 ? 1 : 0;
  for (const kind of kinds) {
    if (stopping.signal.aborted) return 1;
    failed += (await one(kind)) ? 0 : 1;
  }
  return failed === 0 ? 0 : 1;
}

async function one(kind: (typeof KINDS)[number]): Promise<boolean> {
  const python = await installAgents(kind === 'node' ? '1.8' : kind, say);
  const name = kind === 'node' ? '@livekit/agents' : `livekit-agents ${kind}`;
  say(`\n${name}`);
  const file = createWriteStream(`${REPORTS}${kind}.log`);
  const log = (line: string): void => {
    file.write(`${new Date().toISOString()} ${line}\n`);
  };
  const startedAt = performance.now();
  const tell = (law: string): void => {
    say(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${law}`);
    log(law);
  };
  const fixture = await openStack({
    agent: false,
    agentGateway: 'separate',
    env: {
      LKPS_TOKEN_TTL_SECONDS: TTL_SECONDS,
      LKPS_RATE_LIMIT_CALLER: 'off',
      LKPS_RATE_LIMIT_CLIENT: 'off',
    },
    signal: stopping.signal,
  });
  try {
    const startAgent = () =>
      kind === 'node'
        ? startNodeAgent(fixture)
        : startPythonAgent(fixture, { python, generation: kind }, log);
    await liveThrough({ fixture, python, startAgent, tell, log });
    return true;
  } catch (error) {
    say(`failed: ${error instanceof Error ? error.message : String(error)}\n  log: ${REPORTS}${kind}.log`);
    return false;
  } finally {
    await fixture.close();
    file.end();
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
