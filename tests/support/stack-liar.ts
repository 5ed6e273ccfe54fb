import { TrackSource, TrackType } from '@livekit/protocol';
import { decodeJwt, type JWTPayload } from 'jose';
import { joinBare, joinedBare, joinRequest } from './livekit-signalling.ts';
import type { Seat } from './stack-seat.ts';

/** What the server answered to a client that asks for everything, whatever its token says. */
export interface Lies {
  readonly tracks: Readonly<Record<keyof typeof SOURCES, string>>;
  /** A picture that calls itself a microphone. */
  readonly disguised: string;
  readonly dataTrack: string;
  readonly self: Readonly<Record<'name' | 'metadata' | 'attributes', string>>;
  /** Statuses of joining with words of its own. */
  readonly door: readonly (number | 'in')[];
  /** What its refreshed token says, and what that gets it: a camera. */
  readonly refreshed: JWTPayload;
  readonly refreshedCamera: string;
  /** Who it is when it comes in as a second publisher beside itself; the status where it does not. */
  readonly second: string | number;
}

const SOURCES = {
  camera: TrackSource.CAMERA,
  microphone: TrackSource.MICROPHONE,
  screen_share: TrackSource.SCREEN_SHARE,
  screen_share_audio: TrackSource.SCREEN_SHARE_AUDIO,
  unknown: TrackSource.UNKNOWN,
} as const;

const WORDS = { 'lkps.user_id': 'somebody else' };

/** One after the other: two at once under one identity would put each other out. */
export async function lieFrom(seat: Seat): Promise<Lies> {
  const client = await joinedBare(seat);
  const { addTrack } = client;
  const tracks = {
    camera: await addTrack(SOURCES.camera),
    microphone: await addTrack(SOURCES.microphone),
    screen_share: await addTrack(SOURCES.screen_share),
    screen_share_audio: await addTrack(SOURCES.screen_share_audio),
    unknown: await addTrack(SOURCES.unknown),
  };
  const disguised = await addTrack(SOURCES.microphone, TrackType.VIDEO);
  const dataTrack = await client.publishDataTrack();
  const self = {
    name: await client.updateSelf({ name: 'somebody else' }),
    metadata: await client.updateSelf({ metadata: 'somebody else' }),
    attributes: await client.updateSelf({ attributes: WORDS }),
  };
  const token = await client.refreshedToken();
  client.close();
  const again = await joinedBare({ ...seat, token });
  const refreshedCamera = await again.addTrack(SOURCES.camera);
  again.close();
  const door = await Promise.all([
    knock(seat, { attributes: Buffer.from(JSON.stringify(WORDS)).toString('base64') }),
    knock(seat, joinRequest({ participantAttributes: WORDS })),
    knock(seat, joinRequest({ metadata: 'somebody else' })),
  ]);
  const second = await secondPublisher(seat);
  return {
    ...{ tracks, disguised, dataTrack, self, door, second },
    ...{ refreshed: decodeJwt(token), refreshedCamera },
  };
}

async function knock(seat: Seat, query: Readonly<Record<string, string>>): Promise<number | 'in'> {
  const joined = await joinBare(seat, query);
  if (typeof joined === 'number') {
    return joined;
  }
  joined.close();
  return 'in';
}

/** The older endpoint lets a participant join once more, to publish only. */
async function secondPublisher(seat: Seat): Promise<string | number> {
  const joined = await joinBare(seat, { publish: 'second' });
  if (typeof joined === 'number') {
    return joined;
  }
  const { identity, permission } = joined.self;
  const camera = await joined.addTrack(SOURCES.camera);
  joined.close();
  return `${identity.replace(seat.identity, 'itself')} hears ${String(permission?.canSubscribe)} camera ${camera}`;
}
