import { setTimeout as delay } from 'node:timers/promises';
import { eventOf, runClient, startClient, type ClientEvent } from '../client-process.ts';
import type { StackDescription } from '../description.ts';
import {
  applicationToken,
  bearer,
  post,
  startSession,
  textOf,
  userToken,
  type Answer,
  type StartedSession,
} from '../platform-client.ts';
import { expect } from './expect.ts';
import type { Records } from './records.ts';
import { editRoomClaim, participantsOf } from './stolen-token.ts';

/** One attempt, what came of it, and where that can be seen. */
export interface Refusal {
  readonly attempt: string;
  readonly verdict: 'refused' | 'confined';
  readonly outcome: string;
}

/** LiveKit tells others of a silent newcomer up to three seconds late. */
const WITNESS_MS = 4000;

/** Callers who may not, each refused, and nothing done for them. */
export async function tryUnauthorised(
  stack: StackDescription,
  records: Records,
): Promise<readonly Refusal[]> {
  const body = { agent_entra_app_id: stack.apps['agent-a'].client_id };
  const throughOcelot = `${stack.ocelot_url}/api/session/start`;

  const foreignClient = await applicationToken(stack, stack.apps['client-b']);
  const notAuthorised = await post(throughOcelot, body, bearer(foreignClient));
  expectProblem(notAuthorised, 403, 'client_not_authorized');

  const unlisted = await applicationToken(stack, stack.apps['client-unlisted']);
  const atTheEdge = await post(throughOcelot, body, bearer(unlisted));
  expect('Ocelot to refuse a client that is not on its list', atTheEdge.status === 403, atTheEdge);

  const forged = await post(`${stack.lkps_url}/api/session/start`, body, {
    'client-id': stack.apps['client-a'].client_id,
    'user-id': stack.apps['client-a'].service_principal_id,
  });
  expectProblem(forged, 401, 'unauthenticated');

  return [
    {
      attempt: 'client-b, which agent-a has not pre-authorised',
      verdict: 'refused',
      outcome: `403 client_not_authorized; on record: ${await reasonOf(records, notAuthorised)}`,
    },
    {
      attempt: "a client that is not on Ocelot's list",
      verdict: 'refused',
      outcome: '403 from Ocelot; LKPS never hears of it',
    },
    {
      attempt: "around Ocelot, with client-a's identity headers forged",
      verdict: 'refused',
      outcome: `401 unauthenticated; on record: ${await reasonOf(records, forged)}`,
    },
  ];
}

/** What a thief can do with a participant token: join the one room it is for, and nothing else. */
export async function tryStolenToken(
  stack: StackDescription,
  signal: AbortSignal,
): Promise<readonly Refusal[]> {
  const agentId = stack.apps['agent-a'].client_id;
  const client = stack.apps['client-a'];
  const ada = stack.users['ada'];
  expect('a user called ada', ada !== undefined, Object.keys(stack.users));
  const victim = await startSession(stack, await userToken(stack, ada, client), agentId);
  const stolen = await startSession(stack, await applicationToken(stack, client), agentId);
  const seen: ClientEvent[] = [];
  const witness = await startClient(victim, ['stay', '--seconds', '60'], {
    signal,
    onEvent: (e) => seen.push(e),
  });
  try {
    await witness.waitForLine((line) => line.includes('participant_joined'), 30_000);
    // Of its own agent: the last to be seen, in either order.
    await witness.waitForLine((line) => line.includes('"track"'), 30_000);
    await witness.waitForLine((line) => line.includes('"listening"'), 30_000);
    return [
      await tryOtherRoom(stack, stolen, victim, { seen, signal }),
      await tryRoomService(stack, stolen),
      await tryEditedClaim(stolen, victim, signal),
    ];
  } finally {
    await witness.stop();
  }
}

async function tryOtherRoom(
  stack: StackDescription,
  stolen: StartedSession,
  victim: StartedSession,
  { seen, signal }: { readonly seen: readonly ClientEvent[]; readonly signal: AbortSignal },
): Promise<Refusal> {
  const before = await participantsOf(stack.livekit_api, victim.room);
  const seenBefore = seen.length;
  const args = ['probe-join', '--via', 'websocket', '--query', `room=${victim.room}`];
  const probe = await runClient(stolen, args, { signal });
  const landed = eventOf(probe, 'joined')['room'];
  expect('the stolen token to land in its own room', landed === stolen.room, landed);
  await delay(WITNESS_MS, undefined, { signal });
  const after = await participantsOf(stack.livekit_api, victim.room);
  expect('the other room unchanged', JSON.stringify(before) === JSON.stringify(after), { before, after });
  expect('the witness in the other room to see nothing', seen.length === seenBefore, seen.slice(seenBefore));
  return {
    verdict: 'confined',
    attempt: "a stolen token with ?room= of ada's room",
    outcome: `lands in its own room; ada's room still holds the same ${after.length} participants`,
  };
}

async function tryRoomService(stack: StackDescription, stolen: StartedSession): Promise<Refusal> {
  const url = `${stack.livekit_api.url}/twirp/livekit.RoomService/ListRooms`;
  const answer = await post(url, {}, bearer(stolen.token));
  expect('401 from RoomService', answer.status === 401, answer.status);
  return {
    attempt: "a stolen token at LiveKit's RoomService (list rooms)",
    verdict: 'refused',
    outcome: '401',
  };
}

async function tryEditedClaim(
  stolen: StartedSession,
  victim: StartedSession,
  signal: AbortSignal,
): Promise<Refusal> {
  const forged = { ...stolen, token: editRoomClaim(stolen.token, victim.room) };
  const probe = await runClient(forged, ['probe-join'], { signal });
  const refused = eventOf(probe, 'refused');
  expect('401 for an edited claim', refused['status'] === 401 && probe.exit.code === 1, refused);
  return {
    attempt: "a stolen token, its room claim edited to ada's room",
    verdict: 'refused',
    outcome: '401: the signature is wrong',
  };
}

function expectProblem(answer: Answer, status: number, code: string): void {
  expect(`${status} ${code}`, answer.status === status && answer.body['code'] === code, answer);
}

async function reasonOf(records: Records, answer: Answer): Promise<string> {
  const row = await records.refusalOf(textOf(answer.body, 'request_id'));
  expect('the refusal on record', row?.reason !== undefined && row.reason !== null, row);
  return row.reason;
}
