import type { EchoAgent } from '../echo-agent.ts';
import { recordOf } from '../platform-client.ts';
import { expect } from './expect.ts';
import type { ServiceLog } from './service-log.ts';
import type { Terminal } from './terminal.ts';

/** How the echo agent came to be a LiveKit worker through the agent gateway, from what it said itself while it started. */
export async function showRegistration(
  agent: EchoAgent | undefined,
  log: ServiceLog,
  terminal: Terminal,
): Promise<void> {
  expect('an echo agent', agent !== undefined, agent);
  terminal.heading('The agent: from an Entra token to a LiveKit worker');
  const said = agent.child
    .tail()
    .filter((line) => line.startsWith('{'))
    .map((line) => recordOf(JSON.parse(line)));
  const took = (name: string): number => {
    const ms = said.find((event) => event['event'] === name)?.['ms'];
    expect(`the agent to say "${name}"`, typeof ms === 'number', said);
    return ms;
  };
  terminal.hop('agent -> Entra', 'client id and secret, for a token for LKPS', took('entra_token'));
  const lkpsMs = await log.durationOf((entry) => entry['operation'] === 'registerAgent');
  terminal.hop('agent -> Ocelot', 'POST /api/agent/register', took('lkps_registered'));
  terminal.hop('  Ocelot -> LKPS', '+ who it is, + proof of Ocelot; put on record', lkpsMs);
  terminal.hop('agent <- LKPS', 'an agent token: one hour; LiveKit refuses it');
  terminal.hop('agent -> gateway', 'its token: a worker of this agent and no other');
  const worker = `worker ${agent.name.slice(0, 8)}..`;
  terminal.hop('  gateway -> LiveKit', `for it: ${worker} waits for jobs`, took('registered'));
}
