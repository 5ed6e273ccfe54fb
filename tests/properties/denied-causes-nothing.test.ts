import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../adapters/http/index.ts';
import { PROOF_HEADER } from '../../adapters/identity-ocelot/index.ts';
import {
  agentNameOf,
  parseClientId,
  parseObjectId,
  type Agent,
  type ClientId,
  type Principal,
} from '../../core/index.ts';
import { requests } from '../support/platform-arbitraries.ts';
import { CONTEXT, servicePrincipalOf, withRegisteredAgent } from '../support/platform-cast.ts';
import { platformAtTheEdge, throughOcelot } from '../support/platform-edge.ts';
import type { PortFaults } from '../support/platform-faults.ts';
import type { Platform } from '../support/platform-over-memory.ts';
import { registerRequest, startRequest } from '../support/platform-requests.ts';
import { tokensIn } from '../support/platform-tokens.ts';
import { traceOf } from '../support/platform-trace.ts';

const TTL_MS = 3_600_000;
const APPS = ['a', 'b', 'c', 'd'].map((digit) =>
  parseClientId(`${digit.repeat(8)}-0000-4000-8000-000000000000`),
);
const USER = parseObjectId('e0000000-0000-4000-8000-000000000000');

const apps = fc.constantFrom(...APPS);
const lists = fc.subarray(APPS);

/** Few applications and many relations between them, so that every rule is met often. */
const worlds = fc.record({
  /** Which agent the directory knows, and whom each lets in. */
  directory: fc
    .array(fc.tuple(apps, lists), { minLength: 1, maxLength: 6 })
    .map((entries) => new Map(entries)),
  /** Who registered, and how long ago. */
  registered: fc
    .array(fc.tuple(apps, fc.constantFrom(0, 1000, TTL_MS - 1000, TTL_MS, TTL_MS + 1000)), {
      minLength: 1,
      maxLength: 8,
    })
    .map((entries) => new Map(entries)),
  caller: fc.oneof(
    fc.record({ kind: fc.constant('application' as const), clientId: apps }),
    fc.record(
      { kind: fc.constant('user' as const), clientId: apps, userId: fc.constant(USER) },
      { requiredKeys: ['kind', 'clientId'] },
    ),
  ),
  agent: apps,
  /** Who is cut off, as an agent and as a client. */
  revoked: fc.oneof(fc.constant<readonly ClientId[]>([]), lists),
  blocked: fc.oneof(fc.constant<readonly ClientId[]>([]), lists),
  /** Which agents have no worker. */
  offline: lists,
});
type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

/** Design section 4, in one line each: what a caller must be to reach an agent. */
function mayReach({ directory, registered, caller, agent, revoked, blocked }: World): boolean {
  if (revoked.includes(agent) || blocked.includes(caller.clientId)) {
    return false;
  }
  const hasIdentity = caller.kind === 'application' || caller.userId !== undefined;
  const age = registered.get(agent);
  const isListed = directory.get(agent)?.includes(caller.clientId) === true;
  return hasIdentity && age !== undefined && age < TTL_MS && (isListed || caller.clientId === agent);
}

describe('invariant 6: a caller the policy denies', () => {
  it('causes no LiveKit call, no room, no dispatch, no session and no token; only its denial is on record', async () => {
    const seen = { allowed: 0, denied: 0, offline: 0 };
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const calls: string[] = [];
        const platform = platformAtTheEdge({ faults: noting(calls) });
        for (const [app, preAuthorized] of world.directory) {
          platform.directory.put(app, { servicePrincipalId: servicePrincipalOf(app), preAuthorized });
        }
        for (const [app, ageMs] of world.registered) {
          const caller: Principal = { kind: 'application', clientId: app };
          platform.clock.advance(-ageMs);
          await platform.service.registerAgent.execute({ caller, context: CONTEXT });
          platform.clock.advance(ageMs);
        }
        const at = { at: platform.clock.now() };
        for (const app of world.revoked) {
          await platform.cutOffs.revokeAgent(agentNameOf(app), at, []);
        }
        for (const app of world.blocked) {
          await platform.cutOffs.blockClient(app, at, []);
        }
        for (const app of world.offline) {
          platform.workers.takeOffline(agentNameOf(app));
        }
        const before = traceOf(platform);
        const response = await platform.handler(startRequest(throughOcelot(world.caller), world.agent));
        const after = traceOf(platform);
        expect(calls.filter((call) => call === 'workers.isOnline').length).toBe(mayReach(world) ? 1 : 0);
        if (mayReach(world) && world.offline.includes(world.agent)) {
          seen.offline += 1;
          expect(response.status).toBe(503);
          const otherRows = before.changes.otherRows + 1;
          expect(after).toEqual({ ...before, changes: { ...before.changes, otherRows } });
          expect(tokensIn(response)).toEqual([]);
        } else if (mayReach(world)) {
          seen.allowed += 1;
          expect(response.status).toBe(201);
          expect(after.changes).toMatchObject({ roomRequests: 1, rooms: 1 });
        } else {
          seen.denied += 1;
          expect([401, 403, 404]).toContain(response.status);
          expect(after).toEqual({ ...before, denials: 1 });
          expect(tokensIn(response)).toEqual([]);
        }
      }),
      { numRuns: 1000 },
    );
    expect(Math.min(seen.allowed, seen.denied, seen.offline)).toBeGreaterThan(20);
  });

  it('for want of the proof of Ocelot is nobody, whatever else the request says', () =>
    fc.assert(
      fc.asyncProperty(requests, fc.array(fc.string(), { maxLength: 2 }), async (request, proofs) => {
        const platform = await withRegisteredAgent(platformAtTheEdge());
        const headers = new Map([...request.headers, [PROOF_HEADER, proofs] as const]);
        const before = traceOf(platform);
        const response = await platform.handler({ ...request, headers });
        expect([200, 401, 404, 405, 413]).toContain(response.status); // 413: a webhook, which needs no caller
        expect(response.status === 200).toBe(isHealthCheck(request));
        expect(tokensIn(response)).toEqual([]);
        expect(traceOf(platform)).toEqual({ ...before, denials: response.status === 401 ? 1 : 0 });
      }),
      { numRuns: 300 },
    ));

  it('that is no application registers nothing and gets no token', () =>
    fc.assert(
      fc.asyncProperty(worlds, async ({ caller, directory }) => {
        const platform = platformAtTheEdge();
        for (const app of directory.keys()) {
          platform.directory.put(app, { servicePrincipalId: servicePrincipalOf(app), preAuthorized: [] });
        }
        const isKnownApplication = caller.kind === 'application' && directory.has(caller.clientId);
        const response = await platform.handler(registerRequest(throughOcelot(caller)));
        expect(response.status).toBe(isKnownApplication ? 200 : 403);
        expect(tokensIn(response).length).toBe(isKnownApplication ? 1 : 0);
        expect((await findAgent(platform, caller.clientId)) !== undefined).toBe(isKnownApplication);
      }),
      { numRuns: 150 },
    ));
});

/** No faults; every call of a port is noted. */
function noting(calls: string[]): PortFaults {
  return {
    next: (port, method) => {
      calls.push(`${port}.${method}`);
      return 'none';
    },
  };
}

function isHealthCheck({ path, method }: HttpRequest): boolean {
  return path === '/api/health' && ['GET', 'HEAD'].includes(method);
}

function findAgent({ agents }: Platform, app: ClientId): Promise<Agent | undefined> {
  return agents.find(agentNameOf(app));
}
