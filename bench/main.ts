import { benchGateway } from './gateway.ts';
import { benchLambda } from './lambda.ts';
import { watchMachine } from './machine.ts';

const LIMITS = {
  bundle_bytes: 3_000_000,
  cold_import_ms: 300,
  rss_mib: 250,
  cpu_percent: 15,
  offer_difference_ms: 5,
};

const observed = watchMachine();
const lambda = benchLambda();
const gateway = await benchGateway();
const machine = observed();

if (process.argv.includes('--json')) {
  process.stdout.write(`${JSON.stringify({ lambda, gateway, machine })}\n`);
} else {
  process.stdout.write(`Lambda
  bundle       ${lambda.bundle_bytes} bytes (limit ${LIMITS.bundle_bytes})
  cold import  ${lambda.cold_import_ms} ms (limit ${LIMITS.cold_import_ms}), ${lambda.ratio} x a bare start of Node (${lambda.reference_node_ms} ms)
Agent gateway, ${gateway.workers} workers, ${gateway.reports_per_second} reports a second
  memory       ${gateway.rss_mib} MiB (limit ${LIMITS.rss_mib})
  processor    ${gateway.cpu_percent}% of a core (limit ${LIMITS.cpu_percent})
  job offer    ${gateway.offer_gateway_ms} ms, ${gateway.offer_difference_ms} ms more than to LiveKit itself (limit ${LIMITS.offer_difference_ms})
Machine
  load ${machine.load}, steal ${machine.steal_percent}%
`);
}
