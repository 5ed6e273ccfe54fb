import { Room } from '@livekit/rtc-node';
import { emit } from './event-line.ts';
import { join, leave, type Access } from './joining.ts';
import { reasonOf } from './redact.ts';
import { joinBySignalling } from './signalling-probe.ts';

export interface ProbeOptions {
  /** Appended to the signalling url, as an attacker would. */
  readonly query: URLSearchParams;
  /** `library`: the real client's own way in. `websocket`: the older plain endpoint, whose query may name a room. */
  readonly via: 'library' | 'websocket';
}

/** Tries to join, reports where it landed or why not, and leaves at once. @returns whether it came in */
export async function probeJoin(
  access: Access,
  options: ProbeOptions,
  interruption: AbortSignal,
): Promise<boolean> {
  try {
    await (options.via === 'library' ? throughLibrary : joinBySignalling)(
      access,
      options.query,
      interruption,
    );
    return true;
  } catch (error) {
    const status = refusalStatus(reasonOf(error));
    if (status === undefined) throw error;
    emit({ event: 'refused', status, reason: reasonOf(error) });
    return false;
  }
}

/** The 4xx in the reason, as library and server word it: an unreachable or failing server has refused nothing. */
function refusalStatus(reason: string): number | undefined {
  const status = /(?:client error: |^)(4\d\d)\b/.exec(reason)?.[1];
  return status === undefined ? undefined : Number(status);
}

/** The library keeps the query of the url it is given. */
async function throughLibrary(
  access: Access,
  query: URLSearchParams,
  interruption: AbortSignal,
): Promise<void> {
  const url = new URL(access.url);
  for (const [name, value] of query) url.searchParams.append(name, value);
  const room = new Room();
  await join(room, { ...access, url: url.href }, interruption);
  await leave(room);
}
