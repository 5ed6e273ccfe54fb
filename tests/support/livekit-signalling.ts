import {
  AddTrackRequest,
  JoinRequest,
  PublishDataTrackRequest,
  RequestResponse_Reason,
  SignalRequest,
  SignalResponse,
  TrackSource,
  TrackType,
  UpdateParticipantMetadata,
  WrappedJoinRequest,
  type ParticipantInfo,
} from '@livekit/protocol';
import { eventually } from './eventually.ts';

/** The server's own words, where it has any; for a track granted there are none. */
type Verdict = 'granted' | (typeof REASONS)[number];
const REASONS = ['OK', 'NOT_ALLOWED', 'UNSUPPORTED_TYPE', 'INVALID_REQUEST'] as const;

/** A client without manners: it asks for whatever it is told to, and no library checks before. No media, no data channel. */
export interface BareClient {
  /** Who it is, as the server says. */
  readonly self: ParticipantInfo;
  readonly addTrack: (source: TrackSource, type?: TrackType) => Promise<Verdict>;
  readonly publishDataTrack: () => Promise<Verdict>;
  readonly updateSelf: (wish: SelfUpdate) => Promise<Verdict>;
  /** What the server hands a participant to come back with. */
  readonly refreshedToken: () => Promise<string>;
  readonly close: () => void;
}

interface SelfUpdate {
  readonly name?: string;
  readonly metadata?: string;
  readonly attributes?: Record<string, string>;
}

interface Access {
  readonly livekitUrl: string;
  readonly token: string;
}

type Message = SignalResponse['message'];
type Answer = Extract<Message, { case: 'requestResponse' }>['value'];
type Request = Extract<
  SignalRequest['message'],
  { case: 'addTrack' | 'publishDataTrackRequest' | 'updateMetadata' }
>;

const ANSWER_MS = 20_000;

/** Joins at `/rtc` with what the query says besides; the status of the refusal where the server lets nobody in. */
export async function joinBare(
  { livekitUrl, token }: Access,
  query: Readonly<Record<string, string>> = {},
): Promise<BareClient | number> {
  const search = new URLSearchParams({ access_token: token, protocol: '16', ...query }).toString();
  const validated = await fetch(`${livekitUrl.replace(/^ws/, 'http')}/rtc/validate?${search}`);
  if (validated.status !== 200) {
    return validated.status;
  }
  const socket = new WebSocket(`${livekitUrl}/rtc?${search}`);
  const conversation = converse(socket);
  const { participant } = await conversation.first((message) =>
    message.case === 'join' ? message.value : undefined,
  );
  if (participant === undefined) {
    throw new Error('joined as nobody');
  }
  return {
    self: participant,
    ...requestsOver(conversation),
    close: () => {
      socket.close();
    },
  };
}

/** The same, for what must be let in. */
export async function joinedBare(
  access: Access,
  query?: Readonly<Record<string, string>>,
): Promise<BareClient> {
  const joined = await joinBare(access, query);
  if (typeof joined === 'number') {
    throw new Error(`the server answered ${joined}`);
  }
  return joined;
}

/** The newer way to say at the door who one is. */
export function joinRequest(wish: Pick<Partial<JoinRequest>, 'metadata' | 'participantAttributes'>): {
  readonly join_request: string;
} {
  const wrapped = new WrappedJoinRequest({ joinRequest: new JoinRequest(wish).toBinary() });
  const base64 = Buffer.from(wrapped.toBinary()).toString('base64');
  return { join_request: base64.replaceAll('+', '-').replaceAll('/', '_') }; // padded, as Go reads it
}

interface Conversation {
  readonly send: (message: Request) => void;
  /** The first message, also one already here, that something can be made of. */
  readonly first: <T>(pick: (message: Message) => T | undefined) => Promise<T>;
}

function converse(socket: WebSocket): Conversation {
  const received: Message[] = [];
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('message', ({ data }) => {
    if (data instanceof ArrayBuffer) {
      received.push(SignalResponse.fromBinary(new Uint8Array(data)).message);
    }
  });
  return {
    send: (message) => {
      socket.send(new SignalRequest({ message }).toBinary());
    },
    first: async <T>(pick: (message: Message) => T | undefined): Promise<T> => {
      const look = (): Promise<readonly T[]> =>
        Promise.resolve(received.map(pick).filter((found) => found !== undefined));
      const [found] = await eventually(look, (seen) => seen.length > 0, ANSWER_MS);
      return found ?? Promise.reject(new Error('nothing came'));
    },
  };
}

function requestsOver({
  send,
  first,
}: Conversation): Pick<BareClient, 'addTrack' | 'publishDataTrack' | 'updateSelf' | 'refreshedToken'> {
  let requests = 0;
  return {
    addTrack: (source, type = kindOf(source)) => {
      const cid = `track-${(requests += 1)}`;
      send({ case: 'addTrack', value: new AddTrackRequest({ cid, name: cid, source, type }) });
      return first((message) =>
        message.case === 'trackPublished' && message.value.cid === cid
          ? 'granted'
          : verdictIn(message, ({ request }) => request.case === 'addTrack' && request.value.cid === cid),
      );
    },
    publishDataTrack: () => {
      const pubHandle = (requests += 1);
      const value = new PublishDataTrackRequest({ pubHandle, name: `data-${pubHandle}` });
      send({ case: 'publishDataTrackRequest', value });
      return first((message) =>
        message.case === 'publishDataTrackResponse'
          ? 'granted'
          : verdictIn(message, ({ request }) => request.case === 'publishDataTrack'),
      );
    },
    updateSelf: (wish) => {
      const requestId = (requests += 1);
      send({ case: 'updateMetadata', value: new UpdateParticipantMetadata({ requestId, ...wish }) });
      return first((message) => verdictIn(message, (answer) => answer.requestId === requestId));
    },
    refreshedToken: () => first((message) => (message.case === 'refreshToken' ? message.value : undefined)),
  };
}

function verdictIn(message: Message, isAnswer: (answer: Answer) => boolean): Verdict | undefined {
  if (message.case !== 'requestResponse' || !isAnswer(message.value)) {
    return undefined;
  }
  return REASONS.find((name) => RequestResponse_Reason[name] === message.value.reason);
}

function kindOf(source: TrackSource): TrackType {
  return source === TrackSource.MICROPHONE || source === TrackSource.SCREEN_SHARE_AUDIO
    ? TrackType.AUDIO
    : TrackType.VIDEO;
}
