import {
  applicationToken,
  bearer,
  post,
  recordOf,
  startSession,
  type StartedSession,
} from '../../dev/platform-client.ts';
import { runCli } from '../support/cli-run.ts';
import { eventually } from '../support/eventually.ts';
import type { StackFixture } from '../support/stack-fixture.ts';
import type { AgentProcess } from './agent-processes.ts';
import { startEchoClients, type Tally } from './echo-clients.ts';
import { workerRecords } from './worker-records.ts';

/** Jobs at the same time. */
const SESSIONS = 5;
const RELAYED_MS = 5000;

export interface StoryParts {
  /** Its gateway is a process of its own. */
  readonly fixture: StackFixture;
  /** For the clients; whatever the agent is written in. */
  readonly python: string;
  readonly startAgent: () => Promise<AgentProcess>;
  /** Told as it happens. */
  readonly tell: (law: string) => void;
  readonly log: (line: string) => void;
}

/** One agent through all that can happen to its worker. Rejects where a law does not hold. */
export async function liveThrough({ fixture, python, startAgent, tell, log }: StoryParts): Promise<void> {
  const { description, stack } = fixture;
  const { client_id: agent } = description.apps['agent-a'];
  const clientToken = await applicationToken(description, description.apps['client-a']);
  const records = workerRecords(fixture, agent);
  const gateway = stack.agentGateway ?? raise('the gateway is no process of its own');
  const start = (): Promise<StartedSession> => startSession(description, clientToken, agent);
  const startStatus = async (): Promise<number> =>
    (
      await post(
        `${description.ocelot_url}/api/session/start`,
        { agent_entra_app_id: agent },
        bearer(clientToken),
      )
    ).status;
  /** A library that is busy with one offer may decline the next, and LiveKit may find nobody; then somebody calls again. */
  const startServed = async (calls = 4): Promise<StartedSession> => {
    const session = await start();
    const relayed = eventually(
      () => records.isRelayed(session.room),
      (isRelayed) => isRelayed,
      RELAYED_MS,
    );
    const isServed = await (calls > 1 ? relayed.catch(() => false) : relayed);
    return isServed ? session : startServed(calls - 1);
  };
  const admittedAgain = async (cause: () => Promise<void>): Promise<void> => {
    const before = await records.count('worker.admitted');
    await cause();
    await records.untilCount(before + 1, 'worker.admitted');
    await records.untilOnline(true);
  };

  const process = await startAgent();
  try {
    await records.untilOnline(true);
    tell('registered at LKPS, and at the gateway with that token');

    const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => startServed()));
    const clients = await startEchoClients(python, sessions, log);
    await clients.areEchoing();
    tell(`${SESSIONS} jobs at once, each with its echo`);
    await eventually(
      () => Promise.resolve(clients.roomsWithState()),
      (rooms) => rooms.size === SESSIONS,
    );
    tell('its client sees lk.agent.state in each of them');

    await admittedAgain(async () => {
      await gateway.child.kill();
      await gateway.start();
    });
    tell('came back after the gateway was killed');
    await admittedAgain(async () => {
      const renewed = await records.count('worker.closed', 'renewed');
      await records.untilCount(renewed + 1, 'worker.closed', 'renewed');
    });
    tell('came back with a newer token after the gateway closed its connection in time');

    if (process.can !== undefined) {
      process.can.toggleFull();
      await eventually(startStatus, (status) => status === 503);
      process.can.toggleFull();
      await records.untilOnline(true);
      tell('reports its load: full, there is no session for anybody; free, there is');
    }
    const tallies = await clients.finish();
    expectNothingMissing(tallies, SESSIONS);
    tell(`lost nothing meanwhile: ${tallies.map(({ asked }) => asked).join(' + ')} echoes of as many`);
    await endSessions();

    await admittedAgain(async () => {
      await stack.livekit.halt();
      await records.untilOnline(false);
      await stack.livekit.start();
    });
    const session = await startServed();
    const later = await startEchoClients(python, [session], log);
    await later.areEchoing();
    tell('came back after LiveKit was gone, and has jobs again');

    if (process.can !== undefined) {
      process.can.drain();
      await eventually(startStatus, (status) => status === 503);
      expectNothingMissing(await later.finish(), 1);
      tell('drains: no session is started any more, and the one that is open goes on');
      await endSessions();
      await process.can.untilDrained();
      tell('and is gone once that is over');
    } else {
      expectNothingMissing(await later.finish(), 1);
      await endSessions();
    }
    const refusals = await records.refusals();
    if (refusals.length > 0) raise(`refused on record: ${refusals.join(', ')}`);
    const dropped = droppedIn(fixture.log);
    if (dropped.some((reason) => reason !== 'foreign_job')) raise(`dropped: ${dropped.join(', ')}`);
    tell('nothing it ever said was refused, or dropped, but ends of jobs from before it came back');
  } finally {
    await process.stop();
  }

  async function endSessions(): Promise<void> {
    const { code, stderr } = await runCli(['sessions', 'end', '--agent', agent], stack.lkpsEnv);
    if (code !== 0) raise(`sessions end: ${stderr}`);
  }
}

function expectNothingMissing(tallies: readonly Tally[], clients: number): void {
  const isWhole = ({ asked, missing }: Tally): boolean => asked > 0 && missing.length === 0;
  if (tallies.length !== clients || !tallies.every(isWhole)) {
    raise(`echoes are missing: ${JSON.stringify(tallies)}`);
  }
}

/** By the gateway, of all that its workers said, by reason. */
function droppedIn(log: readonly string[]): readonly string[] {
  return log
    .filter((line) => line.includes('"event":"worker_closed"'))
    .flatMap((line) => Object.keys(recordOf(recordOf(JSON.parse(line))['dropped'])));
}

function raise(why: string): never {
  throw new Error(why);
}
