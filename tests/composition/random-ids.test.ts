import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomIds } from '../../composition/random-ids.ts';
import { isRequestId, isRoomName } from '../../core/index.ts';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NOON = new Date('2026-01-15T12:00:00.000Z');

describe('RandomIds', () => {
  it('are of the form their names promise', () => {
    const ids = new RandomIds();
    expect(ids.sessionId()).toMatch(UUID_V4);
    expect(ids.tokenId()).toMatch(UUID_V4);
    expect(isRequestId(ids.requestId())).toBe(true);
    expect(isRoomName(ids.roomName())).toBe(true);
    expect(ids.eventId(NOON)).toMatch(UUID_V7);
  });

  it('never repeat', () => {
    const ids = new RandomIds();
    const drawn = Array.from({ length: 2000 }, () => [
      ids.roomName(),
      ids.sessionId(),
      ids.tokenId(),
      ids.eventId(NOON),
    ]);
    expect(new Set(drawn.flat()).size).toBe(8000);
  });

  it('leave no digit of a room name fixed', () => {
    const ids = new RandomIds();
    const names = Array.from({ length: 500 }, () => ids.roomName().slice(2));
    for (let digit = 0; digit < 32; digit += 1) {
      expect(new Set(names.map((name) => name[digit])).size).toBe(16);
    }
  });
});

describe('event ids', () => {
  it('carry the time they were made for', () => {
    const id = new RandomIds().eventId(NOON);
    expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(NOON.getTime());
  });

  it('sort in the order they were asked for, within a millisecond and when the clock goes back', () => {
    const steps = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 2, maxLength: 200 });
    fc.assert(
      fc.property(steps, (drawn) => {
        const ids = new RandomIds();
        let now = NOON.getTime();
        const made = drawn.map((step) => {
          now += step;
          return ids.eventId(new Date(now));
        });
        expect([...made].sort()).toEqual(made);
        expect(new Set(made).size).toBe(made.length);
      }),
    );
  });

  it('of two processes at the same instant differ', () => {
    expect(new RandomIds().eventId(NOON)).not.toBe(new RandomIds().eventId(NOON));
  });
});
