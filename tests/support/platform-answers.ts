import type { HttpRequest, HttpResponse } from '../../adapters/http/index.ts';
import {
  ada,
  AGENT,
  agentApp,
  clientApp,
  strangerApp,
  UNKNOWN,
  withRegisteredAgent,
} from './platform-cast.ts';
import { platformAtTheEdge, signedByLiveKit, throughOcelot } from './platform-edge.ts';
import { failingAt, type PortFaults } from './platform-faults.ts';
import type { Platform } from './platform-over-memory.ts';
import { httpRequest, registerRequest, startRequest } from './platform-requests.ts';

export interface RealAnswer {
  readonly operation: string;
  readonly response: HttpResponse;
}

type Ask = readonly [operation: string, request: HttpRequest, outage?: PortFaults];

const register = registerRequest(throughOcelot(agentApp));
const start = startRequest(throughOcelot(clientApp), AGENT);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What the platform really answers: every status of every operation at least once. */
export async function realAnswers(): Promise<readonly RealAnswer[]> {
  const { clock } = platformAtTheEdge();
  const event = await signedByLiveKit(bytes('{"id":"EV_1","event":"room_started"}'), clock);
  const ofOurRoom = await signedByLiveKit(
    bytes(
      JSON.stringify({
        id: 'EV_1',
        event: 'room_started',
        room: { name: `s-${'0'.repeat(32)}`, sid: 'RM_1' },
      }),
    ),
    clock,
  );
  const asks: readonly Ask[] = [
    ['registerAgent', register],
    ...refusalsOf('registerAgent', register),
    ['registerAgent', registerRequest(throughOcelot(ada))],
    ['registerAgent', register, failingAt('agents', 'before')],
    ['startSession', start],
    ...refusalsOf('startSession', start),
    ['startSession', startRequest(throughOcelot(strangerApp), AGENT)],
    ['startSession', startRequest(throughOcelot(clientApp), UNKNOWN)],
    ['startSession', start, failingAt('rooms', 'before')],
    ['startSession', start, failingAt('directory', 'before')],
    ['checkHealth', httpRequest({})],
    ['receiveWebhook', event],
    ['receiveWebhook', await signedByLiveKit(bytes('nonsense'), clock)],
    ['receiveWebhook', { ...event, headers: new Map() }],
    ['receiveWebhook', { ...event, body: 'too_large' }],
    ['receiveWebhook', ofOurRoom, failingAt('sessions', 'before')],
  ];
  return [...(await Promise.all(asks.map(answerOf))), await failedHealth()];
}

/** What either POST answers to a caller without identity and to bodies of the wrong form. */
function refusalsOf(operation: string, right: HttpRequest): readonly Ask[] {
  const json = new Map([...right.headers, ['content-type', ['application/json']] as const]);
  return [
    [operation, { ...right, headers: new Map() }],
    [operation, { ...right, headers: json, body: bytes('{') }],
    [operation, { ...right, headers: json, body: bytes('{"room_name":"s-1"}') }],
    [
      operation,
      { ...right, headers: new Map([...json, ['content-type', ['text/plain']]]), body: bytes('{}') },
    ],
    [operation, { ...right, body: 'too_large' }],
  ];
}

async function answerOf([operation, request, outage]: Ask): Promise<RealAnswer> {
  let armed = false;
  const next: PortFaults['next'] = (...call) =>
    armed && outage !== undefined ? outage.next(...call) : 'none';
  const platform: Platform = await withRegisteredAgent(platformAtTheEdge({ faults: { next } }));
  armed = true;
  return { operation, response: await platform.handler(request) };
}

async function failedHealth(): Promise<RealAnswer> {
  const platform = platformAtTheEdge();
  platform.healthy.livekit = false;
  return { operation: 'checkHealth', response: await platform.handler(httpRequest({})) };
}
