import { RoomServiceClient } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveKitRoomDispatcher, LiveKitWebhookVerifier } from '../../../adapters/livekit/index.ts';
import type { LiveKitEvent, RoomLife, RoomRequest } from '../../../core/index.ts';
import { anyRequest } from '../../contract/room-dispatcher.contract.ts';
import {
  LIVEKIT_START_MS,
  openLiveKit,
  randomKey,
  secretText,
  type TestLiveKit,
} from '../../support/livekit-server.ts';
import type { Delivery } from '../../support/livekit-webhook-inbox.ts';

const clock = { now: (): Date => new Date() };

describe('webhooks as the real LiveKit server sends them', () => {
  let livekit: TestLiveKit;
  let request: RoomRequest;
  let life: RoomLife;
  let started: Delivery;
  let finished: Delivery;
  beforeAll(async () => {
    livekit = await openLiveKit();
    request = anyRequest();
    life = await new LiveKitRoomDispatcher({ url: livekit.url, key: livekit.apiKey }).createRoom(request);
    started = await livekit.webhooks.next('room_started');
    const rooms = new RoomServiceClient(livekit.url, livekit.apiKey.id, secretText(livekit.apiKey));
    await rooms.deleteRoom(request.room);
    finished = await livekit.webhooks.next('room_finished');
  }, LIVEKIT_START_MS);
  afterAll(() => livekit.stop());

  const verifier = (): LiveKitWebhookVerifier =>
    new LiveKitWebhookVerifier({ keys: [livekit.webhookKey], clock });
  const eventIn = async ({ body, authorization }: Delivery): Promise<LiveKitEvent | string> => {
    const verification = await verifier().verify({ body, signature: authorization });
    return verification.outcome === 'verified' ? verification.event : verification.reason;
  };

  it('are verified, and tell of the life that CreateRoom answered with', async () => {
    const room = { name: request.room, ...life };
    const eventId: unknown = expect.stringMatching(/^EV_/);
    expect(await eventIn(started)).toEqual({ eventId, event: 'room_started', room });
    expect(await eventIn(finished)).toEqual({ eventId, event: 'room_finished', room });
    expect(started.contentType).toBe('application/webhook+json');
  });

  it('are refused with one byte changed', async () => {
    const at = Buffer.from(started.body).indexOf(request.room) + 2;
    const body = started.body.map((byte, index) => (index === at ? byte ^ 1 : byte));
    expect(await eventIn({ ...started, body })).toBe('body_hash_wrong');
  });

  it('are refused under the signature of another event', async () => {
    expect(await eventIn({ ...started, authorization: finished.authorization })).toBe('body_hash_wrong');
  });

  it('are refused by whoever holds LiveKit’s other key, or another secret', async () => {
    const { body, authorization: signature } = started;
    for (const key of [livekit.apiKey, randomKey(livekit.webhookKey.id)]) {
      const other = new LiveKitWebhookVerifier({ keys: [key], clock });
      expect(await other.verify({ body, signature })).toMatchObject({ outcome: 'rejected' });
    }
  });

  it('are refused when they are old', async () => {
    const { body, authorization: signature } = started;
    const later = { now: (): Date => new Date(Date.now() + 361_000) };
    const tomorrow = new LiveKitWebhookVerifier({ keys: [livekit.webhookKey], clock: later });
    expect(await tomorrow.verify({ body, signature })).toEqual({
      outcome: 'rejected',
      reason: 'signature_expired',
    });
  });
});
