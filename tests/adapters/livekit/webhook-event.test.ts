import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseWebhookEvent } from '../../../adapters/livekit/webhook-event.ts';

const parse = (event: unknown): ReturnType<typeof parseWebhookEvent> =>
  parseWebhookEvent(new TextEncoder().encode(JSON.stringify(event)));

const participant = { sid: 'PA_1', identity: 'agent-AJ_1' };
const attributes = { 'lk.agent_name': 'the-agent' };

describe('an event of LiveKit', () => {
  it('passes with a name and with fields nobody has heard of', () => {
    const event = {
      id: 'EV_1',
      event: 'room_upgraded',
      newField: { deep: [1] },
      room: { sid: 'RM_1', shape: 'round' },
    };
    expect(parse(event)).toEqual({
      eventId: 'EV_1',
      event: 'room_upgraded',
      room: { name: '', sid: 'RM_1', creationTimeMs: 0 },
    });
  });

  it('keeps nothing but what a session needs: bodies carry TURN passwords', () => {
    const room = { sid: 'RM_1', name: 'r', turnPassword: 'canary', metadata: 'canary' };
    const event = {
      id: 'EV_1',
      event: 'room_started',
      room,
      participant: { ...participant, name: 'canary' },
    };
    expect(JSON.stringify(parse(event))).not.toContain('canary');
  });

  it('has its times in milliseconds, whether LiveKit writes numbers or text, or knows seconds only', () => {
    const created = (room: object): unknown =>
      parse({ id: 'EV_1', room: { name: 'r', sid: 'RM_1', ...room } }).room;
    const expected = { name: 'r', sid: 'RM_1', creationTimeMs: 1_790_000_000_123 };
    expect(created({ creationTimeMs: '1790000000123', creationTime: '1790000000' })).toEqual(expected);
    expect(created({ creationTimeMs: 1_790_000_000_123 })).toEqual(expected);
    expect(created({ creationTime: '1790000000' })).toEqual({
      ...expected,
      creationTimeMs: 1_790_000_000_000,
    });
  });

  it('names an agent only where LiveKit says that it is one, and leaves the name empty where it does not say which', () => {
    const nameOf = (more: object): string | undefined =>
      parse({ id: 'EV_1', participant: { ...participant, ...more } }).participant?.agentName;
    expect(nameOf({ kind: 'AGENT', attributes })).toBe('the-agent');
    expect(nameOf({ kind: 4, attributes })).toBe('the-agent');
    expect(nameOf({ attributes })).toBeUndefined();
    for (const kind of ['STANDARD', 'INGRESS', 'EGRESS', 'SIP', 'CONNECTOR', 'SOMETHING_NEW', 77]) {
      expect(nameOf({ kind, attributes })).toBeUndefined();
    }
    expect(nameOf({ kind: 'AGENT' })).toBe('');
    expect(nameOf({ kind: 'AGENT', attributes: { 'lk.agent.name': 'another' } })).toBe('');
  });

  it('says why a participant left, where LiveKit says so in words known here', () => {
    const left = (disconnectReason: unknown): object =>
      parse({ id: 'EV_1', participant: { ...participant, disconnectReason } });
    expect(left('CLIENT_INITIATED')).toHaveProperty('disconnectReason', 'CLIENT_INITIATED');
    expect(left('DUPLICATE_IDENTITY')).toHaveProperty('disconnectReason', 'DUPLICATE_IDENTITY');
    for (const unknown of ['UNKNOWN_REASON', 'A_NEW_REASON', 4711, undefined]) {
      expect(left(unknown)).not.toHaveProperty('disconnectReason');
    }
  });

  it.each(['-1', '9223372036854775807', '-9223372036854775808'])(
    'is malformed when its room was created at %s, which no clock shows',
    (creationTimeMs) => {
      const body = JSON.stringify({ id: 'EV_1', room: { name: 'r', sid: 'RM_1', creationTimeMs } });
      const error = thrown(() => parseWebhookEvent(new TextEncoder().encode(body)));
      expect(error).toMatchObject({ code: 'malformed_json' });
    },
  );

  it("is malformed with an id that could be taken for one of the service's own facts", () => {
    for (const id of ['created:1', 'failed:0f1e', 'EV_', 'ev_1', 'EV_\0', `EV_${'x'.repeat(65)}`]) {
      const error = thrown(() => parseWebhookEvent(new TextEncoder().encode(JSON.stringify({ id }))));
      expect(error, id).toMatchObject({ code: 'malformed_json' });
    }
  });

  it('is malformed without an id, and the error shows nothing of it', () => {
    const texts = [
      '',
      'canary',
      '{"id":"","canary":1}',
      '{"event":"canary"}',
      '[{"id":"canary"}]',
      '"canary"',
    ];
    for (const text of [...texts, '{"id":"EV_1","createdAt":"canary"}', '{"id":{"canary":1}}']) {
      const error = thrown(() => parseWebhookEvent(new TextEncoder().encode(text)));
      expect(error).toMatchObject({ name: 'LkpsError', code: 'malformed_json' });
      expect(inspect(error, { depth: Infinity, showHidden: true }).split('\n    at ')[0]).not.toContain(
        'canary',
      );
      expect(error).not.toHaveProperty('cause');
    }
  });
});

function thrown(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
