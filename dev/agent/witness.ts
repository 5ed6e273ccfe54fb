import {
  RoomEvent,
  TrackSource,
  type RemoteParticipant,
  type RemoteTrack,
  type RemoteTrackPublication,
  type Room,
} from '@livekit/rtc-node';
import { emit } from './event-line.ts';

const TEXT_TOPIC = 'lkps.text';
/** Lines stay short. */
const MOST_CHARACTERS = 64;

/** Says what reaches the agent of others in the room: who they are, what they publish, what they send. */
export function sayWhatIsSeen(room: Room): void {
  const facts = (): { readonly room: string } => ({ room: room.name ?? '' });
  room.on(
    RoomEvent.TrackSubscribed,
    (_: RemoteTrack, { source }: RemoteTrackPublication, { identity }: RemoteParticipant) => {
      emit({ event: 'track_seen', ...facts(), from: identity, source: nameOf(source) });
    },
  );
  room.on(
    RoomEvent.DataReceived,
    (payload: Uint8Array, from?: RemoteParticipant, _kind?: unknown, topic?: string) => {
      const text = Buffer.from(payload).toString('utf8').slice(0, MOST_CHARACTERS);
      emit({ event: 'data_seen', ...facts(), from: from?.identity ?? null, topic: topic ?? null, text });
    },
  );
  room.registerTextStreamHandler(TEXT_TOPIC, (reader, { identity }) => {
    void reader.readAll().then((text) => {
      const topic = TEXT_TOPIC;
      emit({ event: 'data_seen', ...facts(), from: identity, topic, text: text.slice(0, MOST_CHARACTERS) });
    });
  });
}

/** The participant the job is for, as the agent sees it. */
export function sayWhoIsServed(room: Room, identity: string): void {
  const served = room.remoteParticipants.get(identity);
  if (served === undefined) return;
  const { name = '', metadata, attributes } = served;
  emit({ event: 'participant_seen', room: room.name ?? '', identity, name, metadata, attributes });
}

function nameOf(source: TrackSource | undefined): string {
  return source === undefined ? 'UNKNOWN' : TrackSource[source].replace('SOURCE_', '');
}
