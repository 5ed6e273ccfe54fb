import { register } from './attack-scene.ts';
import { connectWorker, type WorkerEndpoint } from './attack-worker.ts';

/** Spellings of the worker endpoint that a rule about `/agent` may not think of. */
const PATHS = ['/agent', '/%61gent', '/a%67ent', '//agent'] as const;
/** With each of the ways to carry a token. */
export const DOORS = PATHS.length * 2;

/** Every door with every way to carry a token, as `<path> <way>`. */
function doorsOf(wsUrl: string, token: string): readonly (WorkerEndpoint & { readonly name: string })[] {
  return PATHS.flatMap((path) => [
    { name: `${path} header`, url: `${wsUrl}${path}?protocol=1`, token },
    { name: `${path} query`, url: `${wsUrl}${path}?protocol=1&access_token=${token}` },
  ]);
}

/** What becomes of a worker that comes with a token to a door: the status of the refusal, or `in`. */
export async function knock(endpoint: WorkerEndpoint, agentName = 'intruder'): Promise<number | 'in'> {
  const worker = await connectWorker(endpoint);
  if (typeof worker === 'number') {
    return worker;
  }
  worker.say(register(agentName));
  const outcome = await Promise.race([
    worker.first(({ case: kind }) => (kind === 'register' ? ('in' as const) : undefined)),
    worker.ended,
  ]);
  await worker.close();
  return outcome;
}

/** The doors that are open to a token; none, where it is not one of a worker. */
export async function openDoors(wsUrl: string, token: string): Promise<readonly string[]> {
  const outcomes = await Promise.all(
    doorsOf(wsUrl, token).map(async ({ name, ...door }) => ({ name, outcome: await knock(door) })),
  );
  return outcomes.filter(({ outcome }) => outcome === 'in').map(({ name }) => name);
}
