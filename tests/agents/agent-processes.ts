import { fileURLToPath } from 'node:url';
import { applicationToken } from '../../dev/platform-client.ts';
import type { StackFixture } from '../support/stack-fixture.ts';
import type { Generation } from './install.ts';
import { startTelling } from './process-events.ts';

const ECHO_AGENT = fileURLToPath(new URL('./echo_agent.py', import.meta.url));

/** An agent of the stack's `agent-a` in a process of its own. */
export interface AgentProcess {
  /** What only the python one can be told. */
  readonly can: PythonControls | undefined;
  readonly stop: () => Promise<void>;
}

export interface PythonControls {
  /** Reports that it is full; the next time, that it is free. */
  readonly toggleFull: () => void;
  readonly drain: () => void;
  /** Once its jobs are over. */
  readonly untilDrained: () => Promise<void>;
}

/** Registers through the edge, as `agent-a`, with nothing but that of its own that an agent has to have. */
export async function startPythonAgent(
  fixture: StackFixture,
  { python, generation }: { readonly python: string; readonly generation: Generation },
  log: (line: string) => void,
): Promise<AgentProcess> {
  const { description } = fixture;
  const telling = await startTelling(
    {
      name: `agent ${generation}`,
      command: python,
      args: [ECHO_AGENT],
      env: {
        LKPS_REGISTER_URL: `${description.ocelot_url}/api/agent/register`,
        LKPS_ACCESS_TOKEN: await applicationToken(description, description.apps['agent-a']),
        ECHO_IDLE_PROCESSES: '4',
      },
      graceMs: 15_000,
    },
    log,
  );
  const { child } = telling;
  return {
    can: {
      toggleFull: () => process.kill(child.pid, 'SIGUSR1'),
      drain: () => process.kill(child.pid, 'SIGUSR2'),
      untilDrained: async () => {
        await telling.until('drained');
        await child.exited;
      },
    },
    stop: async () => {
      await child.stop();
    },
  };
}

/** The stack's own echo agent, of `@livekit/agents`. */
export async function startNodeAgent(fixture: StackFixture): Promise<AgentProcess> {
  const agent = await fixture.stack.startAgent('agent-a');
  return { can: undefined, stop: () => agent.stop() };
}
