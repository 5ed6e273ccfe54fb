/**
 * `npm run fuzz [-- --requests 100000 --seed 1 --connections 8 --hanging 48]`: generated requests over raw sockets against the
 * running service. `--replay <file>` sends one kept case again. Exits 0 only if no law was broken.
 */
import { parseArgs } from 'node:util';
import { listenForStop } from '../../dev/stop-request.ts';
import { saveFinding } from './findings-file.ts';
import { replay } from './replay.ts';
import { describeReport } from './report.ts';
import { runFuzz } from './run.ts';

const stopping = listenForStop();
const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    seed: { type: 'string' },
    connections: { type: 'string', default: '8' },
    hanging: { type: 'string', default: '48' },
    replay: { type: 'string' },
  },
});

process.exitCode = values.replay === undefined ? await fuzz() : await again(values.replay);

async function fuzz(): Promise<number> {
  const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : whole(values.seed);
  say(`seed ${seed}`);
  const report = await runFuzz({
    requests: whole(values.requests),
    seed,
    connections: whole(values.connections),
    hanging: whole(values.hanging),
    onProgress: say,
    signal: stopping.signal,
  });
  say(describeReport(report));
  for (const finding of report.findings.slice(0, 25)) {
    const file = await saveFinding(finding, seed);
    const story = finding.fuzzCase?.messages.map((message) => message.story.join(' + ')).join(' | ');
    say(`\nbroken: ${finding.law}\n  ${story ?? ''}\n  ${finding.detail}\n  ${file ?? ''}`);
  }
  return report.findings.length === 0 && !stopping.signal.aborted ? 0 : 1;
}

async function again(path: string): Promise<number> {
  const { sent, exchange, findings, log } = await replay(path);
  say(`${sent}\n---`);
  say(
    JSON.stringify(
      { ...exchange, final: exchange.final.map(({ status, body }) => ({ status, body })) },
      undefined,
      2,
    ),
  );
  say(log.join('\n'));
  for (const { law, detail } of findings) {
    say(`broken: ${law}\n  ${detail}`);
  }
  return findings.length === 0 ? 0 : 1;
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new Error(`not a whole number: ${text}`);
  }
  return Number(text);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
