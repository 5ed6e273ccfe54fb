import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { HttpResponse } from '../../adapters/http/index.ts';
import { ada, AGENT, agentApp, clientApp, withRegisteredAgent } from '../support/platform-cast.ts';
import { platformAtTheEdge, throughOcelot } from '../support/platform-edge.ts';
import type { Platform } from '../support/platform-over-memory.ts';
import { jsonOf, startRequest } from '../support/platform-requests.ts';
import { tokensIn } from '../support/platform-tokens.ts';

const answers = z.object({
  session_id: z.string(),
  room_name: z.string(),
  participant_identity: z.string(),
  participant_token: z.string(),
  expires_at: z.string(),
});
const grants = z.object({ room: z.string() });
const several = fc.array(fc.constantFrom(agentApp, clientApp, ada), { minLength: 1, maxLength: 8 });

describe('invariant 2: a participant token', () => {
  it('opens exactly the room and bears exactly the identity of its session, among many started at once', () =>
    fc.assert(
      fc.asyncProperty(several, fc.scheduler(), async (callers, scheduler) => {
        const platform = await withRegisteredAgent(platformAtTheEdge());
        const handler = scheduler.scheduleFunction(platform.handler);
        const asked = callers.map((caller) => handler(startRequest(throughOcelot(caller), AGENT)));
        const responses = await scheduler.waitFor(Promise.all(asked));
        const rooms = responses.map((response) => expectOneSeat(platform, response));
        expect(new Set(rooms).size).toBe(callers.length);
        for (const [index, caller] of callers.entries()) {
          const expected = caller.kind === 'user' ? `user-${caller.userId ?? ''}` : `app-${caller.clientId}`;
          const { participant_identity: identity } = answers.parse(
            jsonOf(responses[index] ?? expect.unreachable()),
          );
          expect(identity).toBe(expected);
        }
      }),
      { numRuns: 200 },
    ));
});

/** The room of the one token in the response, after comparing it with answer, session, room and record. */
function expectOneSeat({ sessions, rooms, audit }: Platform, response: HttpResponse): string {
  expect(response.status).toBe(201);
  const answer = answers.parse(jsonOf(response));
  const [claims, ...others] = tokensIn(response);
  expect(others).toEqual([]);
  const { room } = grants.parse(claims?.video);
  expect(room).toBe(answer.room_name);
  expect(claims?.sub).toBe(answer.participant_identity);
  expect(claims?.attributes?.['lkps.session_id']).toBe(answer.session_id);
  expect(new Date((claims?.exp ?? 0) * 1000)).toEqual(new Date(answer.expires_at));
  const session = sessions.sessions.find(({ intent }) => intent.sessionId === answer.session_id);
  expect(session?.intent).toMatchObject({ room, identity: claims?.sub, agent: AGENT });
  expect(rooms.requests.filter((request) => request.room === room)).toMatchObject([{ agent: AGENT }]);
  const granted = audit.events.filter(({ token }) => token?.tokenId === claims?.jti);
  expect(granted).toMatchObject([{ type: 'session.granted', room, token: { grants: { room } } }]);
  return room;
}
