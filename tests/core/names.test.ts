import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isGuid,
  isRequestId,
  isRoomName,
  isRoomSid,
  parseAgentName,
  parseAgentRef,
  parseClientId,
  parseEventId,
  parseObjectId,
  parseParticipantIdentity,
  parseRequestId,
  parseRoomName,
  parseRoomSid,
  parseSessionId,
  parseTokenId,
  participantIdentityOf,
  roomNameOf,
} from '../../core/index.ts';
import { applications, users } from '../support/arbitraries.ts';

const GUID = '0e500000-0000-4000-8000-0000000000ad';
const HEX = '0123456789abcdef0123456789abcdef';

/** Every parser, with values that are right and values that only look right. */
const PARSERS = [
  { name: 'parseClientId', parse: parseClientId, good: [GUID], bad: [`{${GUID}}`, `${GUID},${GUID}`] },
  { name: 'parseObjectId', parse: parseObjectId, good: [GUID], bad: [GUID.replaceAll('-', '')] },
  { name: 'parseSessionId', parse: parseSessionId, good: [GUID], bad: [GUID.toUpperCase()] },
  { name: 'parseEventId', parse: parseEventId, good: [GUID], bad: [GUID.toUpperCase()] },
  { name: 'parseTokenId', parse: parseTokenId, good: [GUID], bad: [GUID.toUpperCase()] },
  {
    name: 'parseAgentName',
    parse: parseAgentName,
    good: [GUID, `${GUID}.${GUID}`],
    bad: [
      ...[GUID.toUpperCase(), `${GUID}.${GUID.toUpperCase()}`, `${GUID}.`, `.${GUID}`],
      ...[`${GUID}${GUID}`, `${GUID}-${GUID}`, `${GUID}.${GUID}.${GUID}`],
    ],
  },
  {
    name: 'parseAgentRef',
    parse: parseAgentRef,
    good: [GUID, `${GUID}.${HEX}${HEX}`, `${GUID}.${GUID}`],
    bad: [
      ...[`${GUID}.${HEX}`, `${GUID}.${HEX}${HEX}0`, `${GUID}.${HEX.toUpperCase()}${HEX}`],
      ...[`${GUID}.`, `${HEX}${HEX}`, `${GUID}${HEX}${HEX}`, `${GUID}.${HEX}${HEX}.${GUID}`],
    ],
  },
  {
    name: 'parseRoomName',
    parse: parseRoomName,
    good: [`s-${HEX}`],
    bad: [HEX, `s-${HEX}0`, `s-${HEX.slice(1)}`, `s-${HEX.toUpperCase()}`, `S-${HEX}`],
  },
  { name: 'roomNameOf', parse: roomNameOf, good: [HEX], bad: [HEX.slice(1), `s-${HEX}`] },
  {
    name: 'parseRoomSid',
    parse: parseRoomSid,
    good: ['RM_a', 'RM_aB3-_'],
    bad: ['RM_', 'PA_a', 'rm_a', 'RM_a b', `RM_${'a'.repeat(65)}`],
  },
  {
    name: 'parseRequestId',
    parse: parseRequestId,
    good: ['a', 'A.b_c-9', 'x'.repeat(64)],
    bad: ['x'.repeat(65), 'a b', 'a/b', 'ä'],
  },
  {
    name: 'parseParticipantIdentity',
    parse: parseParticipantIdentity,
    good: [`user-${GUID}`, `app-${GUID}`],
    bad: [GUID, `agent-${GUID}`, `user-${GUID}0`, `user-${'-'.repeat(36)}`, `user-${GUID.toUpperCase()}`],
  },
] as const;

describe('names', () => {
  describe.each(PARSERS)('$name', ({ parse, good, bad }) => {
    it.each(good)('takes %j', (raw) => {
      expect(parse(raw)).toContain(raw);
    });

    it.each([...bad, '', ...good.flatMap((raw) => [`${raw}\n`, ` ${raw}`, `${raw}\0`])])(
      'refuses %j',
      (raw) => {
        expect(() => parse(raw)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
      },
    );

    it.each(bad)('does not repeat %j in what it says', (raw) => {
      expect(messageOf(() => parse(raw))).not.toContain(raw);
    });
  });

  it('reads application and object ids in any case and keeps them in lower case', () => {
    expect(parseClientId(GUID.toUpperCase())).toBe(GUID);
    expect(parseObjectId(GUID.toUpperCase())).toBe(GUID);
  });

  it('says of any text what the parser says of it', () => {
    const pairs = [
      [isGuid, parseClientId],
      [isRoomName, parseRoomName],
      [isRoomSid, parseRoomSid],
      [isRequestId, parseRequestId],
    ] as const;
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.uuid(),
      fc.mixedCase(fc.uuid()),
      fc.uuid().map((id) => `s-${id.replaceAll('-', '')}`),
      fc.string({ maxLength: 70 }).map((rest) => `RM_${rest}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        for (const [is, parse] of pairs) {
          expect(is(text)).toBe(succeeds(() => parse(text)));
        }
      }),
    );
  });
});

describe('participant identity', () => {
  it('names an application by its client id and a user by its object id, so that neither can be taken for the other', () => {
    fc.assert(
      fc.property(applications, users, (application, user) => {
        expect(participantIdentityOf(application)).toBe(`app-${application.clientId}`);
        expect(participantIdentityOf(user)).toBe(user.userId && `user-${user.userId}`);
      }),
    );
  });
});

function succeeds(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}

function messageOf(act: () => unknown): string {
  try {
    act();
    return expect.unreachable();
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}
