import { ServerMessage } from '@livekit/protocol';
import { describe, expect, it } from 'vitest';
import { assignmentFrame, readServerFrame } from '../../../adapters/agent-gateway/server-frame.ts';
import { field, joined } from '../../frames/wire.ts';
import type { ServerWords } from '../../support/gateway-worker.ts';

const frameOf = (message: ServerWords): Uint8Array => new ServerMessage({ message }).toBinary();
const JOB = { id: 'AJ_1', room: { name: 's-1' }, agentName: 'a', metadata: 'm' };
const OURS = { url: 'wss://livekit.example.test', token: 'our.own.token' };

const ADDED = field(999, 'of a newer server');

describe('what LiveKit says', () => {
  it.each<[string, ServerWords, object]>([
    ['a confirmation', { case: 'register', value: {} }, { kind: 'registered' }],
    [
      'an offer',
      { case: 'availability', value: { job: JOB } },
      { kind: 'offer', jobId: 'AJ_1', room: 's-1', agentName: 'a' },
    ],
    [
      'an offer of nothing',
      { case: 'availability', value: {} },
      { kind: 'offer', jobId: '', room: '', agentName: '' },
    ],
    ['an assignment', { case: 'assignment', value: { job: JOB } }, { kind: 'assignment', jobId: 'AJ_1' }],
    [
      'a termination',
      { case: 'termination', value: { jobId: 'AJ_1' } },
      { kind: 'termination', jobId: 'AJ_1' },
    ],
    ['a pong', { case: 'pong', value: { timestamp: 1n } }, { kind: 'other' }],
    ['nothing', { case: undefined }, { kind: 'other' }],
  ])('is read, and kept byte for byte: %s', (_, words, meaning) => {
    const frame = joined(frameOf(words), ADDED);
    expect(readServerFrame(frame, true)).toEqual({ ...meaning, frame });
  });

  it('is kept from workers where it cannot be read, or is a text', () => {
    expect(readServerFrame(new Uint8Array([0xff]), true)).toBeUndefined();
    expect(readServerFrame(frameOf({ case: 'pong', value: {} }), false)).toBeUndefined();
  });
});

describe('an assignment', () => {
  it('comes with the platform’s token and address, and the job as it was', () => {
    const job = joined(frameOf({ case: 'assignment', value: { job: JOB } }).subarray(4), ADDED);
    const theirs = joined(
      field(1, job),
      field(2, 'wss://inside.example.test'),
      field(3, 'livekit.own.token'),
      ADDED,
    );
    const frame = assignmentFrame(field(3, theirs), OURS);
    const { message } = ServerMessage.fromBinary(frame);
    expect(message.value).toMatchObject({ ...OURS, job: JOB });
    expect(Buffer.from(frame).includes('livekit.own.token')).toBe(false);
    expect(frame).toEqual(field(3, joined(field(1, job), field(2, OURS.url), field(3, OURS.token))));
  });

  it('is nothing else', () => {
    expect(() => assignmentFrame(frameOf({ case: 'pong', value: {} }), OURS)).toThrow(RangeError);
  });
});
