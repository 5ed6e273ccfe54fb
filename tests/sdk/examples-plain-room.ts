import { randomUUID } from 'node:crypto';
import { RoomAgentDispatch } from '@livekit/protocol';
import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';
import type { StackDescription } from '../../dev/description.ts';

/** As before.py and before.ts name themselves. */
const AGENT_NAME = 'assistant';

/** A room on LiveKit itself, by its API key, with that agent on its way and a seat for a client. */
export async function openPlainRoom({
  livekit_api: api,
  livekit_url: livekitUrl,
}: StackDescription): Promise<{
  readonly livekitUrl: string;
  readonly token: string;
  readonly close: () => Promise<void>;
}> {
  const { url, key, secret } = api;
  const rooms = new RoomServiceClient(url, key, secret);
  const room = `plain-${randomUUID()}`;
  const agents = [new RoomAgentDispatch({ agentName: AGENT_NAME })];
  await rooms.createRoom({ name: room, emptyTimeout: 60, agents });
  const token = new AccessToken(key, secret, { identity: 'visitor', ttl: 600 });
  token.addGrant({ roomJoin: true, room });
  return {
    livekitUrl,
    token: await token.toJwt(),
    close: () => rooms.deleteRoom(room),
  };
}
