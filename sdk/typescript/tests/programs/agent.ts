/** An agent as somebody writes one, with a credential that a test decides about. Tells what happens to it on standard output. */
import { fileURLToPath } from 'node:url';
import { AccessToken } from 'livekit-server-sdk';
import { defineAgent, InferenceRunner, Worker, type JobContext } from '../../src/index.ts';

const JOB_MS: Readonly<Record<string, number>> = { long: 1_500, endless: 600_000 };
const { TEST_ENTRA = 'ok', TEST_PORT = '0', TEST_JOB = 'brief' } = process.env;
// As a `.env` file that is read while the agent's file is loaded would.
if (TEST_JOB === 'look') process.env['LIVEKIT_API_KEY'] = 'brought-back';

function tell(fact: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ ...fact, process: process.pid })}\n`);
}

const credential = {
  getToken: () =>
    TEST_ENTRA === 'hang'
      ? new Promise<never>(() => {
          tell({ told: 'asking Entra' });
        })
      : Promise.resolve({ token: 'planted-entra-token', expiresOnTimestamp: Infinity }),
};

async function look(context: JobContext): Promise<void> {
  const outcome = await context.deleteRoom('s-room').then(
    () => 'nothing',
    (error: unknown) => String(error),
  );
  const token = new AccessToken(context.info.apiKey, context.info.apiSecret);
  const signed = await token.toJwt().catch(String);
  tell({ told: 'job', deleteRoom: outcome, signed, environment: process.env });
}

export default defineAgent({
  entry: async (context: JobContext) => {
    if (TEST_JOB === 'look') await look(context);
    tell({ told: 'job begins' });
    await new Promise((resolve) => setTimeout(resolve, JOB_MS[TEST_JOB] ?? 0));
    tell({ told: 'job ends' });
    context.shutdown('done');
  },
});

// No turn is detected here: spares a process.
InferenceRunner.registerRunner = () => undefined;

const worker = new Worker({
  agent: fileURLToPath(import.meta.url),
  credential,
  host: '127.0.0.1',
  port: Number(TEST_PORT),
  numIdleProcesses: 1,
  initializeProcessTimeout: 60_000,
  loadFunc: () => Promise.resolve(0),
});
for (const name of ['accessToken', 'registered', 'connected', 'renewed', 'notRenewed', 'stopping'] as const) {
  worker.on(name, (event) => {
    tell({ told: name, event });
  });
}
worker.run();
