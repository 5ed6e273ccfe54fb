import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  agentNameOf,
  agentToken,
  parseTokenId,
  parseTokenTtlSeconds,
  participantToken,
  TRACK_SOURCES,
  type TokenTime,
} from '../../core/index.ts';
import { clientIds, instants, sessionIntents } from '../support/arbitraries.ts';
import { seatWishes } from '../support/livekit-tokens.ts';

const times: fc.Arbitrary<TokenTime> = fc.record({
  tokenId: fc.uuid().map(parseTokenId),
  issuedAt: instants,
  ttlMs: fc.integer({ min: 1, max: 3600 }).map(parseTokenTtlSeconds),
});

describe('token policy', () => {
  it('gives an agent its own name and dispatch, and neither a room nor any administration', () => {
    fc.assert(
      fc.property(clientIds.map(agentNameOf), times, (agent, time) => {
        const token = agentToken(agent, time);
        expect(token.subject).toBe(agent);
        expect(token.grants).toStrictEqual({
          agent: true,
          canPublish: true,
          canSubscribe: true,
          canPublishData: true,
        });
        expect(token.attributes).toStrictEqual({});
      }),
    );
  });

  it('gives a participant its one room under its one identity, and nothing of the room itself', () => {
    fc.assert(
      fc.property(sessionIntents, times, (intent, time) => {
        const token = participantToken(intent, time);
        expect(token.subject).toBe(intent.identity);
        expect(token.grants).toStrictEqual({
          roomJoin: true,
          room: intent.room,
          canPublish: true,
          canSubscribe: true,
          canPublishData: true,
          canUpdateOwnMetadata: false,
        });
      }),
    );
  });

  it('tells the agent who it talks to, without personal data', () => {
    fc.assert(
      fc.property(sessionIntents, times, (intent, time) => {
        const { caller } = intent;
        const user = caller.kind === 'user' ? { 'lkps.user_id': caller.userId } : {};
        expect(participantToken(intent, time).attributes).toStrictEqual({
          'lkps.session_id': intent.sessionId,
          'lkps.client_id': caller.clientId,
          ...user,
          'lkps.request_id': intent.requestId,
        });
      }),
    );
  });

  it('never makes a token outlive its TTL, counted in whole seconds from its issue', () => {
    fc.assert(
      fc.property(clientIds.map(agentNameOf), times, (agent, time) => {
        const { issuedAt, expiresAt, tokenId } = agentToken(agent, time);
        expect(expiresAt.getTime() - issuedAt.getTime()).toBe(time.ttlMs);
        expect(expiresAt.getTime()).toBeLessThanOrEqual(time.issuedAt.getTime() + time.ttlMs);
        expect(issuedAt.getTime() % 1000).toBe(0);
        expect(time.issuedAt.getTime() - issuedAt.getTime()).toBeLessThan(1000);
        expect(tokenId).toBe(time.tokenId);
      }),
    );
  });
});

describe('what a caller wishes for its seat', () => {
  it('never adds a right, and takes away exactly what it gives up', () => {
    fc.assert(
      fc.property(sessionIntents, seatWishes, times, (intent, wished, time) => {
        const { grants, subject } = participantToken({ ...wished, ...intent }, time);
        const { permissions = {} } = wished;
        const sources = permissions.canPublishSources;
        const mayPublish = permissions.canPublish !== false && sources?.length !== 0;
        expect(subject).toBe(intent.identity);
        expect(grants).toStrictEqual({
          roomJoin: true,
          room: intent.room,
          canPublish: mayPublish,
          ...(mayPublish && sources !== undefined
            ? { canPublishSources: TRACK_SOURCES.filter((source) => sources.includes(source)) }
            : {}),
          canSubscribe: permissions.canSubscribe !== false,
          canPublishData: permissions.canPublishData !== false,
          canUpdateOwnMetadata: false,
        });
      }),
    );
  });

  it('never says that no source may be published by an empty list, which LiveKit reads as all of them', () => {
    fc.assert(
      fc.property(sessionIntents, seatWishes, times, (intent, wished, time) => {
        const { grants } = participantToken({ ...wished, ...intent }, time);
        expect('canPublishSources' in grants && grants.canPublishSources.length === 0).toBe(false);
      }),
    );
  });

  it("never speaks through the platform's or LiveKit's attributes, nor over them", () => {
    fc.assert(
      fc.property(sessionIntents, seatWishes, times, (intent, wished, time) => {
        const own = participantToken(intent, time).attributes;
        const { attributes, name, metadata } = participantToken({ ...wished, ...intent }, time);
        const asked = Object.entries(wished.attributes ?? {}).filter(([key]) => !/^(?:lkps|lk)\./i.test(key));
        expect(new Map(Object.entries(attributes))).toEqual(new Map([...asked, ...Object.entries(own)]));
        const said = (text?: string): string | undefined => (text === '' ? undefined : text);
        expect([name, metadata]).toEqual([said(wished.name), said(wished.metadata)]);
      }),
    );
  });
});

describe('token TTL', () => {
  it.each([1, 60, 3600])('may be %d seconds', (seconds) => {
    expect(parseTokenTtlSeconds(seconds)).toBe(seconds * 1000);
  });

  it.each([0, -1, 3601, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 86_400])(
    'is never %d seconds',
    (seconds) => {
      expect(() => parseTokenTtlSeconds(seconds)).toThrow(
        expect.objectContaining({ code: 'invalid_request' }),
      );
    },
  );
});
