import { JobAssignment, ServerMessage as Message } from '@livekit/protocol';
import type { ServerMessage } from '../../core/index.ts';

/** What LiveKit said, and its bytes; undefined for what is not of the protocol, which no worker gets to see. */
export function readServerFrame(frame: Uint8Array, isBinary: boolean): ServerMessage<Uint8Array> | undefined {
  if (!isBinary) {
    return undefined;
  }
  try {
    return toServerMessage(Message.fromBinary(frame), frame);
  } catch {
    return undefined;
  }
}

function toServerMessage({ message }: Message, frame: Uint8Array): ServerMessage<Uint8Array> {
  switch (message.case) {
    case 'register':
      return { kind: 'registered', frame };
    case 'availability': {
      const { job } = message.value;
      const [jobId, room, agentName] = [job?.id ?? '', job?.room?.name ?? '', job?.agentName ?? ''];
      return { kind: 'offer', jobId, room, agentName, frame };
    }
    case 'assignment':
      return { kind: 'assignment', jobId: message.value.job?.id ?? '', frame };
    case 'termination':
      return { kind: 'termination', jobId: message.value.jobId, frame };
    case 'pong':
    case undefined:
      return { kind: 'other', frame };
  }
}

/**
 * LiveKit's assignment with another token and URL. The job in it stays as it is; whatever else an assignment may carry one
 * day does not get through.
 *
 * @throws RangeError for any other message.
 */
export function assignmentFrame(
  frame: Uint8Array,
  { url, token }: { readonly url: string; readonly token: string },
): Uint8Array {
  const { message } = Message.fromBinary(frame);
  if (message.case !== 'assignment') {
    throw new RangeError('not an assignment');
  }
  const { job } = message.value;
  const value = new JobAssignment({ ...(job === undefined ? {} : { job }), url, token });
  return new Message({ message: { case: 'assignment', value } }).toBinary();
}
