import { inference, type JobContext } from '../../sdk/typescript/src/index.ts';
import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';

const OWN_SECRET = 'a-secret-of-a-livekit-of-ones-own-0123456789';

/** What an agent tries in a job that it has no key for: name of the attempt -> [name of the error, its text]. */
export async function probe(ctx: JobContext): Promise<Readonly<Record<string, readonly string[]>>> {
  const attempts: Readonly<Record<string, () => unknown>> = {
    delete_room: () => ctx.deleteRoom(),
    RoomServiceClient: () => new RoomServiceClient('http://127.0.0.1:1').listRooms(),
    inference: () => new inference.LLM({ model: 'openai/gpt-4.1-mini' }),
    "AccessToken with a key of one's own": () => new AccessToken('key', OWN_SECRET).toJwt(),
  };
  const answers = await Promise.all(
    Object.entries(attempts).map(async ([name, attempt]) => [name, await outcome(attempt)] as const),
  );
  return Object.fromEntries(answers);
}

async function outcome(attempt: () => unknown): Promise<readonly string[]> {
  try {
    await attempt();
    return ['', ''];
  } catch (error) {
    return error instanceof Error ? [error.name, error.message] : ['', String(error)];
  }
}

/** What its process holds: names of all variables; of those of LiveKit also the values; which hold a token. */
export function environment(): object {
  const all = Object.entries(process.env);
  return {
    names: all.map(([name]) => name).toSorted(),
    livekit: Object.fromEntries(all.filter(([name]) => name.startsWith('LIVEKIT_'))),
    tokens: all.filter(([, value]) => /eyJ[\w-]+\.eyJ/.test(value ?? '')).map(([name]) => name),
  };
}
