import { benchLambda } from './lambda.ts';
import { watchMachine } from './machine.ts';

const LIMITS = { bundle_bytes: 3_000_000, cold_import_ms: 300 };

const observed = watchMachine();
const lambda = benchLambda();
const machine = observed();

if (process.argv.includes('--json')) {
  process.stdout.write(`${JSON.stringify({ lambda, machine })}\n`);
} else {
  process.stdout.write(`Lambda
  bundle       ${lambda.bundle_bytes} bytes (limit ${LIMITS.bundle_bytes})
  cold import  ${lambda.cold_import_ms} ms (limit ${LIMITS.cold_import_ms}), ${lambda.ratio} x a bare start of Node (${lambda.reference_node_ms} ms)
Machine
  load ${machine.load}, steal ${machine.steal_percent}%
`);
}
