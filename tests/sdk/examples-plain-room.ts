import { randomUUID } from 'node:crypto';
import { RoomAgentDispatch } from '@livekit/protocol';
import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';
import type { StackDescription } from '../../dev/description.ts';

/** As the agents in examples/agents/migration name themselves: two of one name would get each other's jobs. */
const AGENT_NAMES = { 'migration/before.py': 'assistant', 'migration/before.ts': 'shop-assistant' } as const;

export type PlainAgent = keyof typeof AGENT_NAMES;

/** A room on LiveKit itself, by its API key, with that agent on its way and a seat for a client. */
export async function openPlainRoom(
  { livekit_api: api, livekit_url: livekitUrl }: StackDescription,
  agent: PlainAgent,
): Promise<{
  readonly livekitUrl: string;
  readonly token: string;
  readonly close: () => Promise<void>;
}> {
  const { url, key, secret } = api;
  const rooms = new RoomServiceClient(url, key, secret);
  const room = `plain-${randomUUID()}`;
  const agents = [new RoomAgentDispatch({ agentName: AGENT_NAMES[agent] })];
  await rooms.createRoom({ name: room, emptyTimeout: 60, agents });
  const token = new AccessToken(key, secret, { identity: 'visitor', ttl: 600 });
  token.addGrant({ roomJoin: true, room });
  return {
    livekitUrl,
    token: await token.toJwt(),
    close: () => rooms.deleteRoom(room),
  };
}
