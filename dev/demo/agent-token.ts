import { JobType, WorkerMessage } from '@livekit/protocol';
import { WebSocket } from 'ws';
import type { StackDescription } from '../description.ts';
import { applicationToken, bearer, post, textOf } from '../platform-client.ts';
import { expect } from './expect.ts';
import type { Records } from './records.ts';
import type { Refusal } from './refusals.ts';

const ANSWER_MS = 20_000;
const RECORD_MS = 20_000;

/** What agent-b's token opens: on a plain LiveKit server it would be worth as much as anybody's. */
export async function tryAgentToken(stack: StackDescription, records: Records): Promise<readonly Refusal[]> {
  const entraToken = await applicationToken(stack, stack.apps['agent-b']);
  const { body } = await post(`${stack.ocelot_url}/api/agent/register`, {}, bearer(entraToken));
  const token = textOf(body, 'token');

  const atLiveKit = await connect(`${stack.livekit_url}/agent`, token);
  expect("401 at LiveKit's own worker endpoint", atLiveKit === 401, atLiveKit);

  const worker = await connect(`${stack.agent_gateway_url}/agent`, token);
  expect('a worker connection at the gateway', typeof worker === 'object', worker);
  const closed = await registerAs(worker, stack.apps['agent-a'].client_id);
  const { reason } = await records.waitForWorkerRefusal(stack.apps['agent-b'].client_id, RECORD_MS);

  return [
    {
      attempt: "agent-b's token at LiveKit's own /agent",
      verdict: 'refused',
      outcome: '401: LiveKit does not know the key that signed it',
    },
    {
      attempt: "agent-b's worker at the gateway, under agent-a's name",
      verdict: 'refused',
      outcome: `closed, ${closed}; on record: ${reason ?? ''}`,
    },
  ];
}

/** The status where it is refused. */
function connect(url: string, token: string): Promise<WebSocket | number> {
  const socket = new WebSocket(url, { headers: bearer(token), handshakeTimeout: ANSWER_MS });
  return new Promise((resolve, reject) => {
    socket.on('open', () => {
      resolve(socket);
    });
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', reject);
  });
}

/** The code that the connection is closed with. */
async function registerAs(socket: WebSocket, agentName: string): Promise<number> {
  const value = { type: JobType.JT_ROOM, agentName, version: '1.0.0' };
  const closed = new Promise<number>((resolve, reject) => {
    const late = setTimeout(() => {
      socket.terminate();
      reject(new Error('the gateway did not close the connection'));
    }, ANSWER_MS);
    socket.on('close', (code) => {
      clearTimeout(late);
      resolve(code);
    });
  });
  socket.send(new WorkerMessage({ message: { case: 'register', value } }).toBinary());
  return closed;
}
