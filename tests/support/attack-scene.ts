import { JobType, type Job } from '@livekit/protocol';
import { decodeJwt } from 'jose';
import type { connectWorker, RawWorker, WorkerWords } from './attack-worker.ts';

/** Two teams' agents, and a room of one of them with somebody in it; the other team has a token and bad intentions. */
export interface AttackScene {
  /** Dispatch name of the attacking team. */
  readonly own: string;
  /** Dispatch name of the other team, whose worker is honest and online. */
  readonly victim: string;
  /** Of the other team, whose worker has the job; `caller` is in it. */
  readonly room: string;
  readonly jobId: string;
  readonly caller: string;
  /** LiveKit itself. */
  readonly livekitUrl: string;
  /** How long an offer may take: where there is to be one as long as it needs, where there must be none long enough for one. */
  readonly patienceMs: number;
  /** A connection as any worker of the attacking team may have one, each by a token of its own. */
  readonly connect: (answer?: Parameters<typeof connectWorker>[1]) => Promise<RawWorker>;
  /** Somebody calls the other team, whose worker has the job, unless somebody else has, once this resolves. */
  readonly callVictim: () => Promise<void>;
  /** Somebody calls the attacking team: the room, and what the caller joins it with. */
  readonly callOwn: () => Promise<{ readonly room: string; readonly callerToken: string }>;
  /** Somebody makes a room that names no agent. */
  readonly openRoom: () => Promise<void>;
  /** Somebody takes that job from the other team: whether its worker hears of it. The last that happens. */
  readonly endJob: () => Promise<'told' | 'not_told'>;
}

export interface Attack {
  readonly name: string;
  /** What the gateway puts on record about it; undefined where it makes it harmless without a word. */
  readonly refusal: string | undefined;
  /** What came of it that no worker of the attacking team may have: empty where it failed. */
  readonly run: (scene: AttackScene) => Promise<readonly string[]>;
}

export function register(agentName: string, wish: object = {}): WorkerWords {
  return { case: 'register', value: { type: JobType.JT_ROOM, agentName, version: '1.0.0', ...wish } };
}

/** A worker that is registered, as itself unless told otherwise. */
export async function registered(
  { connect, own }: AttackScene,
  { as = own, ...wish }: { readonly as?: string } & Readonly<Record<string, unknown>> = {},
  answer?: (job: Job) => object,
): Promise<RawWorker> {
  const worker = await connect(answer);
  worker.say(register(as, wish));
  await worker.settled();
  return worker;
}

/** Until it has something, cannot get anything any more, or should have had it by now: what it has. */
export async function patiently(
  { patienceMs }: Pick<AttackScene, 'patienceMs'>,
  worker: RawWorker,
): Promise<readonly string[]> {
  const offered = worker.first(({ case: kind }) => (kind === 'availability' ? kind : undefined), patienceMs);
  await Promise.race([offered.catch(() => undefined), worker.ended]);
  await worker.settled();
  const loot = lootOf(worker);
  await worker.close();
  return loot;
}

/** Jobs and tokens of rooms that are not the attacker's. */
export function lootOf(worker: RawWorker, ownRooms: readonly string[] = []): readonly string[] {
  const isForeign = (room: string): boolean => !ownRooms.includes(room);
  return [
    ...worker.jobs
      .map(({ room, metadata }) => ({ room: room?.name ?? '', metadata }))
      .filter(({ room }) => isForeign(room))
      .map(({ room, metadata }) => `a job in ${room}, ${metadata.length} characters of metadata`),
    ...worker.assignments
      .map(({ token }) => grantsIn(token))
      .filter(({ room }) => isForeign(String(room)))
      .map(({ room }) => `a token for ${String(room)}`),
  ];
}

export function grantsIn(token: string): Readonly<Record<string, unknown>> {
  const { video } = decodeJwt(token);
  return typeof video === 'object' && video !== null ? { ...video } : {};
}
