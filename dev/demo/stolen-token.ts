import { RoomServiceClient } from 'livekit-server-sdk';
import type { StackDescription } from '../description.ts';
import { recordOf } from '../platform-client.ts';

/** The same token with another room in its claims and the old signature: what a thief without the key can make. */
export function editRoomClaim(token: string, room: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = recordOf(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
  const edited = { ...claims, video: { ...recordOf(claims['video']), room } };
  return [header, Buffer.from(JSON.stringify(edited)).toString('base64url'), signature].join('.');
}

/** Who is in a room, as LiveKit tells its administrator. */
export async function participantsOf(
  api: StackDescription['livekit_api'],
  room: string,
): Promise<readonly string[]> {
  const participants = await new RoomServiceClient(api.url, api.key, api.secret).listParticipants(room);
  return participants.map(({ identity, sid }) => `${identity} ${sid}`).sort();
}
