import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findLiveKit } from '../../dev/livekit/binary.ts';
import { startLiveKit, type LiveKit } from '../../dev/livekit/server.ts';
import { probeStatus } from '../../dev/process/http-probe.ts';
import { alive } from './processes.ts';

const API = { id: 'api-key', secret: 'an api secret of more than thirty-two characters' };
const WEBHOOK = { id: 'webhook-key', secret: 'a webhook secret of more than thirty-two chars' };

describe('the real LiveKit server', () => {
  let livekit: LiveKit;

  beforeAll(async () => {
    const { path } = await findLiveKit();
    livekit = await startLiveKit({
      binary: path,
      keys: { [API.id]: API.secret, [WEBHOOK.id]: WEBHOOK.secret },
      webhook: { url: 'http://127.0.0.1:9/livekit/webhook', keyId: WEBHOOK.id },
    });
    // Building the server, where it was never built, takes minutes.
  }, 600_000);
  afterAll(() => livekit.stop());

  async function joinStatus(room: string): Promise<number> {
    const token = new AccessToken(API.id, API.secret, { identity: 'somebody', ttl: 60 });
    token.addGrant({ roomJoin: true, room });
    return probeStatus(`${livekit.url}/rtc/validate?access_token=${await token.toJwt()}`, 10_000);
  }

  it('makes no room because somebody wants to join it', async () => {
    expect(await joinStatus('never-made')).toBe(404);
    await new RoomServiceClient(livekit.url, API.id, API.secret).createRoom({ name: 'made' });
    expect(await joinStatus('made')).toBe(200);
  });

  it('accepts the keys it was given and no other', async () => {
    await expect(
      new RoomServiceClient(livekit.url, API.id, WEBHOOK.secret).listRooms(['any']),
    ).rejects.toMatchObject({ status: 401 });
    expect(await new RoomServiceClient(livekit.url, WEBHOOK.id, WEBHOOK.secret).listRooms(['any'])).toEqual(
      [],
    );
  });

  it('comes back on the same port', async () => {
    const { pid } = livekit.child;
    await livekit.halt();
    expect(alive([pid])).toEqual([]);
    await expect(probeStatus(livekit.url)).rejects.toThrow(/ECONNREFUSED/);
    await livekit.start();
    expect(await probeStatus(livekit.url, 10_000)).toBe(200);
    expect(livekit.child.pid).not.toBe(pid);
  });

  it('hangs when paused, as a fault test wants it', async () => {
    livekit.child.pause();
    // The signal stops its threads one after another: on a busy machine one of them may answer once more.
    await vi.waitFor(() => expect(probeStatus(livekit.url, 300)).rejects.toThrow(/no answer/), 20_000);
    livekit.child.resume();
    expect(await probeStatus(livekit.url, 10_000)).toBe(200);
  });
});
