import { TrackSource, type ParticipantInfo } from '@livekit/protocol';
import { decodeJwt, type JWTPayload } from 'jose';
import { DataPacket_Kind, RoomServiceClient } from 'livekit-server-sdk';
import { setTimeout as delay } from 'node:timers/promises';
import { runClient, type ClientEvent, type ClientRun } from '../../dev/client-process.ts';
import { recordOf, requestSession, type StartedSession } from '../../dev/platform-client.ts';
import type { StackFixture } from './stack-fixture.ts';

export interface Seat extends StartedSession {
  readonly claims: JWTPayload;
}

/** Starts a session through the edge with what the body wishes for the seat. */
export async function takeSeat(
  { description }: StackFixture,
  entraToken: string,
  body: object,
): Promise<Seat> {
  const started = await requestSession(description, entraToken, body);
  return { ...started, claims: decodeJwt(started.token) };
}

/** What became of a client's attempts in its room: as it says itself, as LiveKit says, as the agent says. */
export interface TriedSeat {
  readonly run: ClientRun;
  /** Sources of the tracks that LiveKit had of it at any time, in alphabetical order. */
  readonly published: readonly string[];
  /** How LiveKit described it when it was last seen. */
  readonly described: Description;
  /** Events of the agent about this room. */
  readonly agentSaw: readonly ClientEvent[];
}

interface Description {
  readonly name: string;
  readonly metadata: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const LOOK_EVERY_MS = 250;
/** Sent to everybody in the room once the client has tried everything. */
export const ANNOUNCEMENT = 'for everybody in the room';

/** The real client joins and tries one thing after the other, while LiveKit is asked what it sees of it. */
export async function tryFrom(
  fixture: StackFixture,
  { livekitUrl, token, room, identity }: Seat,
  nonce: string,
  attempts: readonly string[],
): Promise<TriedSeat> {
  const { url, key, secret } = fixture.description.livekit_api;
  const rooms = new RoomServiceClient(url, key, secret);
  const over = new AbortController();
  const onEvent = ({ event }: ClientEvent): void => {
    if (event === 'tried_all')
      void rooms.sendData(room, Buffer.from(ANNOUNCEMENT), DataPacket_Kind.RELIABLE, {});
  };
  const options = ['--nonce', nonce, '--seconds', '8', '--timeout', '120'];
  const args = ['try', ...options, ...attempts.flatMap((attempt) => ['--attempt', attempt])];
  const [run, seen] = await Promise.all([
    runClient({ livekitUrl, token }, args, { onEvent }).finally(() => {
      over.abort();
    }),
    lookAt(() => rooms.listParticipants(room), identity, over.signal),
  ]);
  return { run, ...seen, agentSaw: agentEvents(fixture, room) };
}

async function lookAt(
  list: () => Promise<readonly ParticipantInfo[]>,
  identity: string,
  over: AbortSignal,
): Promise<Pick<TriedSeat, 'published' | 'described'>> {
  const published = new Set<string>();
  let described: Description = { name: '', metadata: '', attributes: {} };
  while (!over.aborted) {
    const self = (await list()).find((present) => present.identity === identity);
    if (self !== undefined) {
      described = { name: self.name, metadata: self.metadata, attributes: { ...self.attributes } };
      for (const { source } of self.tracks) published.add(TrackSource[source]);
    }
    await delay(LOOK_EVERY_MS);
  }
  return { published: [...published].sort(), described };
}

/** What the stack's own agent said about a room. */
function agentEvents({ stack }: StackFixture, room: string): readonly ClientEvent[] {
  const lines = stack.agent?.child.tail(400) ?? [];
  return lines
    .filter((line) => line.startsWith('{"event":'))
    .map((line) => recordOf(JSON.parse(line)))
    .filter((event) => event['room'] === room);
}
