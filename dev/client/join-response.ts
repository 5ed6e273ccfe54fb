interface JoinedRoom {
  readonly room: string;
  readonly room_sid: string;
  readonly identity: string;
  readonly sid: string;
}

/** Field numbers of livekit_rtc.proto and livekit_models.proto: SignalResponse.join, its room and participant, their names. */
const JOIN = 1;
const ROOM = 1;
const PARTICIPANT = 2;
const SID = 1;
const NAME_OR_IDENTITY = 2;

/** Reads just enough of the first signalling message to tell which room it is about. */
export function readJoinResponse(message: Uint8Array): JoinedRoom {
  const join = bytesField(message, JOIN);
  if (join === undefined) throw new Error('the first signalling message is not a join response');
  const room = bytesField(join, ROOM) ?? new Uint8Array();
  const participant = bytesField(join, PARTICIPANT) ?? new Uint8Array();
  return {
    room: textField(room, NAME_OR_IDENTITY),
    room_sid: textField(room, SID),
    identity: textField(participant, NAME_OR_IDENTITY),
    sid: textField(participant, SID),
  };
}

function textField(message: Uint8Array, field: number): string {
  return new TextDecoder().decode(bytesField(message, field) ?? new Uint8Array());
}

/** The first length-delimited field of that number: protobuf's wire format, other wire types skipped. */
function bytesField(message: Uint8Array, wanted: number): Uint8Array | undefined {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at] ?? 0;
      at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const wireType = tag & 7;
    if (wireType === 0) varint();
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else if (wireType === 2) {
      const length = varint();
      if (tag >> 3 === wanted) return message.subarray(at, at + length);
      at += length;
    } else throw new Error(`unknown wire type ${wireType}`);
  }
  return undefined;
}
