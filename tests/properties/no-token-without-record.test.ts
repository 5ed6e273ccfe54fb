import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HttpRequest, HttpResponse } from '../../adapters/http/index.ts';
import { agentNameOf } from '../../core/index.ts';
import type { Fault } from '../support/memory-faults.ts';
import {
  ada,
  AGENT,
  agentApp,
  CLIENT,
  clientApp,
  CONTEXT,
  strangerApp,
  withRegisteredAgent,
} from '../support/platform-cast.ts';
import { platformAtTheEdge, throughOcelot } from '../support/platform-edge.ts';
import type { PortFaults, PortName } from '../support/platform-faults.ts';
import type { Platform } from '../support/platform-over-memory.ts';
import { registerRequest, startRequest } from '../support/platform-requests.ts';
import { tokensIn } from '../support/platform-tokens.ts';

const register = registerRequest(throughOcelot(agentApp));
const start = startRequest(throughOcelot(clientApp), AGENT);
const REQUESTS: Readonly<Record<string, HttpRequest>> = {
  register,
  start,
  'start as a user': startRequest(throughOcelot(ada), AGENT),
  'denied register': registerRequest(throughOcelot(ada)),
  'denied start': startRequest(throughOcelot(strangerApp), AGENT),
  'start with nobody there': startRequest(throughOcelot(clientApp), CLIENT),
};
/** What each is answered while nothing fails. */
const STATUSES: Readonly<Record<string, number>> = {
  register: 200,
  start: 201,
  'start as a user': 201,
  'denied register': 403,
  'denied start': 403,
  'start with nobody there': 503,
};
const OF_A_START: readonly PortName[] = [
  'identity',
  'cutOffs',
  'agents',
  'directory',
  'workers',
  'sessions',
  'rooms',
  'tokens',
];
const FAILURES: readonly (PortFaults['failure'] | undefined)[] = [undefined, () => new TypeError('planted')];

interface Shaken {
  readonly platform: Platform;
  /** From now on the calls of all ports, numbered from 0, meet these faults. */
  readonly arm: (faultOf: (call: number) => Fault) => void;
  readonly planted: () => number;
  /** The port of each call. */
  readonly calls: () => readonly PortName[];
}

/** A platform with two agents registered, one of them without a worker. Its ports then fail as told, and never answer at once. */
async function shaken(failure: PortFaults['failure']): Promise<Shaken> {
  let faultOf: (call: number) => Fault = () => 'none';
  let calls: PortName[] = [];
  let planted = 0;
  const next: PortFaults['next'] = (port) => {
    const fault = faultOf(calls.length);
    calls.push(port);
    planted += fault === 'none' ? 0 : 1;
    return fault;
  };
  const faults = { next, lag, ...(failure === undefined ? {} : { failure }) };
  const platform = await withRegisteredAgent(platformAtTheEdge({ faults }));
  await platform.service.registerAgent.execute({ caller: clientApp, context: CONTEXT });
  platform.workers.takeOffline(agentNameOf(CLIENT));
  const arm = (faultsFromNow: (call: number) => Fault): void => {
    faultOf = faultsFromNow;
    calls = [];
  };
  return { platform, arm, planted: () => planted, calls: () => calls };
}

describe('invariant 3: no token without its committed audit row', () => {
  it.each<[string, readonly PortName[]]>([
    ['register', ['identity', 'tokens', 'agents']],
    ['start', OF_A_START],
    ['start as a user', OF_A_START],
  ])('%s: a port failing at any step yields no token', async (name, ports) => {
    const request = REQUESTS[name] ?? expect.unreachable();
    const { platform, arm: count, calls } = await shaken(undefined);
    count(() => 'none');
    expectOnRecord(platform, await platform.handler(request), 1);
    expect(new Set(calls())).toEqual(new Set(ports));
    for (const step of calls().keys()) {
      for (const fault of ['before', 'after'] as const) {
        for (const failure of FAILURES) {
          const { platform: failing, arm, planted } = await shaken(failure);
          arm((call) => (call === step ? fault : 'none'));
          expectOnRecord(failing, await failing.handler(request), 0);
          expect(planted()).toBe(1);
        }
      }
    }
  });

  it('any number of failures, of requests at once: a token leaves only undisturbed and on record', async () => {
    const seen = { tokens: 0, failures: 0 };
    const faults = fc.infiniteStream<Fault>(
      fc.oneof(
        { weight: 12, arbitrary: fc.constant<Fault>('none') },
        fc.constantFrom<Fault>('before', 'after'),
      ),
    );
    const requests = fc.array(fc.constantFrom(...Object.keys(REQUESTS)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(requests, faults, fc.constantFrom(...FAILURES), async (asked, stream, failure) => {
        const { platform, arm, planted } = await shaken(failure);
        arm(() => (stream.next() as IteratorYieldResult<Fault>).value); // a stream without end
        const committed = platform.audit.events.length;
        const responses = await Promise.all(
          asked.map((name) => platform.handler(REQUESTS[name] ?? expect.unreachable())),
        );
        const tokens = responses.map((response) => expectOnRecord(platform, response));
        seen.tokens += tokens.reduce((sum, count) => sum + count, 0);
        seen.failures += planted();
        if (planted() === 0) {
          expect(responses.map(({ status }) => status)).toEqual(asked.map((name) => STATUSES[name]));
          expect(platform.audit.events.length).toBeGreaterThan(committed);
        }
      }),
      { numRuns: 600 },
    );
    expect(Math.min(seen.tokens, seen.failures)).toBeGreaterThan(100);
  });

  it('has the row committed at the moment the token leaves, not some time later', async () => {
    for (const request of [register, start]) {
      const { platform } = await shaken(undefined);
      expectOnRecord(platform, await platform.handler(request), 1);
    }
  });
});

/** The tokens of a response, each of which must be in the audit store now, as the store has it and as it is. */
function expectOnRecord({ audit }: Platform, response: HttpResponse, tokens?: number): number {
  const claims = tokensIn(response);
  expect(claims.length).toBe(tokens ?? claims.length);
  expect(claims.length === 0).toBe(response.status >= 400);
  for (const { jti, sub, video, exp } of claims) {
    const rows = audit.events.filter(({ token }) => token?.tokenId === jti);
    const isAgent = sub === AGENT;
    expect(rows).toMatchObject([
      {
        type: isAgent ? 'agent.registered' : 'session.granted',
        outcome: 'allowed',
        agent: AGENT,
        token: { grants: video, expiresAt: new Date((exp ?? 0) * 1000) },
      },
    ]);
  }
  return claims.length;
}

/** Longer than any chain of microtasks: who does not wait for a port answers before the port has done anything. */
function lag(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
