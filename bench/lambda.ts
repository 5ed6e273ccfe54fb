import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './median.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BUNDLE = join(ROOT, 'dist/lambda/index.mjs');
const ROUNDS = 15;
const SECRET = 'bench-secret-of-at-least-32-bytes-';

export interface LambdaResult {
  readonly bundle_bytes: number;
  /** Median of fresh processes, each importing the bundle once. */
  readonly cold_import_ms: number;
  /** Median of fresh processes that run nothing: what Node itself takes on this machine, now. */
  readonly reference_node_ms: number;
  readonly ratio: number;
}

/** The size of the Lambda function's bundle, and how long a cold start spends on importing it. */
export function benchLambda(): LambdaResult {
  spawnNode(['deploy/bundle.ts', 'lambda'], {});
  const directory = mkdtempSync(join(tmpdir(), 'lkps-bench-'));
  try {
    const directoryFile = join(directory, 'directory.json');
    writeFileSync(directoryFile, '{}');
    const env = environment(directoryFile);
    const imports: number[] = [];
    const starts: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      starts.push(timeOfNode());
      imports.push(timeOfImport(env));
    }
    const [cold, reference] = [median(imports), median(starts)];
    return {
      bundle_bytes: statSync(BUNDLE).size,
      cold_import_ms: Math.round(cold),
      reference_node_ms: Math.round(reference),
      ratio: Number((cold / reference).toFixed(2)),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** A whole start but for the database, which refuses at once: what a cold start costs before it waits for anybody. */
function timeOfImport(env: Readonly<Record<string, string>>): number {
  const script = `const from = performance.now(); await import(process.argv[1]); process.stderr.write(String(performance.now() - from)); process.exit()`;
  const { stderr } = spawnNode(['--input-type=module', '--eval', script, BUNDLE], env);
  return Number(stderr);
}

function timeOfNode(): number {
  const from = performance.now();
  spawnNode(['--eval', '0'], {});
  return performance.now() - from;
}

function spawnNode(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): { readonly stderr: string } {
  const done = spawnSync(process.execPath, args, { cwd: ROOT, env, encoding: 'utf8', timeout: 60_000 });
  if (done.status !== 0) {
    throw new Error(`node ${args.join(' ')} failed: ${done.stderr}`);
  }
  return done;
}

function environment(directoryFile: string): Readonly<Record<string, string>> {
  return {
    LKPS_REGION: 'eu',
    LKPS_LIVEKIT_URL: 'http://127.0.0.1:9',
    LKPS_LIVEKIT_PUBLIC_URL: 'ws://127.0.0.1:9',
    LKPS_LIVEKIT_KEYS: `sign:${SECRET}1`,
    LKPS_WEBHOOK_KEYS: `hook:${SECRET}2`,
    LKPS_AGENT_GATEWAY: 'separate',
    LKPS_AGENT_TOKEN_KEYS: `agents:${SECRET}5`,
    LKPS_GATEWAY_PUBLIC_URL: 'ws://127.0.0.1:9',
    LKPS_PROXY_SECRETS: `${SECRET}3`,
    LKPS_SUBJECT_KEY: `${SECRET}4`,
    LKPS_DIRECTORY: `file:${directoryFile}`,
    LKPS_DATABASE_URL: 'postgres://lkps:lkps@127.0.0.1:9/lkps',
    LKPS_LOG_LEVEL: 'fatal',
  };
}
