import type { Agent } from '../../core/index.ts';
import type { GatewayStage, TokenLife } from './gateway-service.ts';
import type { UpstreamLine } from './gateway-service-livekit.ts';
import { rawWorker, registration, type RawWorker, type ServerWords } from './gateway-worker.ts';

/** A worker that has registered, and what LiveKit sees of it. */
export interface ServingWorker {
  readonly agent: Agent;
  readonly token: string;
  readonly worker: RawWorker;
  readonly line: UpstreamLine;
}

/** Of an agent of its own where none is named. */
export async function serve(
  stage: GatewayStage,
  { agent: known, ...life }: TokenLife & { readonly agent?: Agent } = {},
): Promise<ServingWorker> {
  const agent = known ?? (await stage.newAgent());
  const token = stage.tokenOf(agent, life);
  const worker = await rawWorker(stage.url, token);
  worker.say(registration());
  await worker.hears('register');
  return { agent, token, worker, line: lineOf(stage, agent) };
}

/** The newest on which a worker has registered under this name. */
function lineOf({ livekit }: GatewayStage, { name }: Agent): UpstreamLine {
  const line = livekit.lines.findLast(({ heard }) =>
    heard.some((said) => said.case === 'register' && said.value.agentName === name),
  );
  if (line === undefined) {
    throw new Error('LiveKit knows no such worker');
  }
  return line;
}

let jobs = 0;

/** What LiveKit says when it has a job. */
export function jobOffer(
  room: string,
  agentName: string,
): { readonly id: string; readonly offer: ServerWords } {
  const id = `AJ_${(jobs += 1)}`;
  const job = { id, room: { name: room }, agentName, metadata: 'hello' };
  return { id, offer: { case: 'availability', value: { job } } };
}

/** Type and reason of what is on record of an agent's workers, in order. */
export function rowsOf({ audit }: GatewayStage, { name }: Agent): readonly string[] {
  return audit.events
    .filter(({ agent }) => agent === name)
    .map(({ type, reason }) => (reason === undefined ? type : `${type} ${reason}`));
}
