import { recordOf, type Answer } from '../../dev/platform-client.ts';
import { callerHeaders } from './callers.ts';
import type { FuzzCase } from './fuzz-case.ts';
import type { Finding } from './judge.ts';
import type { Ledger } from './ledger.ts';
import type { Message } from './message.ts';
import { sendCase, type Exchange } from './send.ts';
import type { World } from './world.ts';

const LIMIT_MS = 15_000;
const RETRY = 20;

/** The one request that makes agent-a known; what it answers. */
export async function register(port: number, world: World, ledger: Ledger): Promise<Answer> {
  const fuzzCase = plain(registration('fz-prepare'));
  const exchange = await sendCase(port, fuzzCase, world, LIMIT_MS);
  ledger.add(fuzzCase, exchange);
  const [answer] = exchange.final;
  if (answer?.status !== 200) {
    throw new Error(`agent-a could not be registered: ${answer?.status ?? 'no answer'}`);
  }
  const body = recordOf(JSON.parse(answer.body));
  return { status: answer.status, requestId: undefined, body };
}

/** After all that, health is as before. */
export async function stillWorks(port: number, world: World): Promise<readonly Finding[]> {
  const health: Message = {
    ...registration('fz-health'),
    operation: 'health',
    method: 'GET',
    target: '/api/health',
    headers: [['host', 'lkps.test']],
  };
  for (let left = RETRY; left > 0; left -= 1) {
    const answered: Exchange = await sendCase(port, plain(health), world, LIMIT_MS);
    if (answered.final[0]?.status === 200) {
      return [];
    }
  }
  return [{ law: 'the service lives on', detail: 'no health any more' }];
}

function registration(requestId: string): Message {
  return {
    operation: 'register',
    verdict: 'must',
    story: ['register: an application'],
    requestId,
    method: 'POST',
    target: '/api/agent/register',
    version: 'HTTP/1.1',
    headers: [
      ['host', 'lkps.test'],
      ...callerHeaders({ client: 'agent-a', kind: 'application' }),
      ['x-request-id', requestId],
    ],
    body: '',
    framing: { kind: 'none' },
  };
}

function plain(message: Message): FuzzCase {
  return { phase: 'prepare', index: 0, messages: [message], edits: [], delivery: { kind: 'whole' } };
}
