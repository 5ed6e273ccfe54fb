/**
 * Blocks what needs a LiveKit API key, in this process, with one clear error each.
 *
 * Modules cannot be changed, prototypes can: each block is at a method that upstream calls on its way. Keys given as
 * arguments, for another LiveKit, pass.
 */
import { inference, JobContext, voice, workflows } from '@livekit/agents';
import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';
import { guardAvatars } from './blocked-avatars.ts';
import { requireCloudKeys } from './blocked-cloud-keys.ts';
import { BlockedError } from './blocked-error.ts';
import { before } from './blocked-method.ts';
import { PLACEHOLDER } from './worker-token.ts';

const MARK = Symbol.for('@livekit-platform/agents:blocks');

/** May be called any number of times, in every process that runs an agent's code. */
export function installBlocks(): void {
  if (Reflect.get(globalThis, MARK) === true) return;
  Reflect.set(globalThis, MARK, true);
  JobContext.prototype.deleteRoom = () => Promise.reject(new BlockedError('delete_room', 'ctx.deleteRoom()'));
  guardServerApi();
  guardWarmTransfer();
  guardModelNames();
  guardDeleteOnClose();
  guardAvatars(voice.AvatarSession);
}

/** Every client of the server API (RoomServiceClient, SipClient..) makes its header there; every token is signed there. */
function guardServerApi(): void {
  before(Object.getPrototypeOf(RoomServiceClient.prototype) as object, 'authHeader', (client) => {
    const key = field(client, 'apiKey');
    const hasOwnKey = isText(key) && key !== PLACEHOLDER.apiKey && isText(field(client, 'secret'));
    if (!hasOwnKey && !isText(field(client, 'token'))) throw new BlockedError('api', client.constructor.name);
  });
  before(AccessToken.prototype, 'toJwt', (token) => {
    if (field(token, 'apiKey') === PLACEHOLDER.apiKey && !isOfWorker(token)) {
      throw new BlockedError('livekit_key', 'AccessToken');
    }
  });
}

/** What upstream's worker signs to register with; the platform's token takes its place. */
function isOfWorker(token: object): boolean {
  const video = field(field(token, 'grants'), 'video');
  return field(video, 'agent') === true && field(video, 'roomJoin') !== true;
}

/** A class calls the constructor of its prototype first. */
function guardWarmTransfer(): void {
  Object.setPrototypeOf(
    workflows.WarmTransferTask,
    new Proxy(Object.getPrototypeOf(workflows.WarmTransferTask) as typeof voice.AgentTask, {
      construct() {
        throw new BlockedError('sip', 'WarmTransferTask');
      },
    }),
  );
}

/** `new AgentSession({ stt: 'deepgram/nova-3' })`: names of models are the inference gateway's. */
function guardModelNames(): void {
  for (const [name, model] of Object.entries({
    LLM: inference.LLM,
    STT: inference.STT,
    TTS: inference.TTS,
  })) {
    before(model, 'fromModelString', () => {
      requireCloudKeys(name);
    });
  }
}

function guardDeleteOnClose(): void {
  before(voice.RoomIO.prototype, 'start', (io) => {
    if (field(field(io, 'inputOptions'), 'deleteRoomOnClose') === true) {
      throw new BlockedError('delete_room', 'deleteRoomOnClose');
    }
  });
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
