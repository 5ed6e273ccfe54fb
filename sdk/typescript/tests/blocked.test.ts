import {
  inference as upstreamInference,
  initializeLogger,
  JobContext,
  voice,
  workflows,
} from '@livekit/agents';
import { AccessToken, AgentDispatchClient, RoomServiceClient, SipClient } from 'livekit-server-sdk';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BLOCKED, BlockedError } from '../src/blocked-error.ts';
import * as inference from '../src/blocked-inference.ts';
import { installBlocks } from '../src/blocked.ts';
import { PLACEHOLDER } from '../src/worker-token.ts';
import { messageVectors } from './support/vectors.ts';

const KEYS = { apiKey: 'of-another-livekit', apiSecret: 'its-secret-of-at-least-32-characters' };
const URL = 'https://livekit.example';

/** As plugins write theirs. */
class MintingAvatar extends voice.AvatarSession {
  override start(_session: unknown, _room: unknown, options: Partial<Record<string, string>> = {}) {
    const key = options['livekitApiKey'] ?? process.env['LIVEKIT_API_KEY'];
    return Promise.resolve(key === undefined ? 'set LIVEKIT_API_KEY' : 'started');
  }
}

class LocalAvatar extends voice.AvatarSession {
  override start() {
    return Promise.resolve('started');
  }
}

const NOTHING: never = undefined as never;
const context = (): JobContext => Object.create(JobContext.prototype) as JobContext;
const closingRoom = (): voice.RoomIO =>
  Object.assign(Object.create(voice.RoomIO.prototype) as voice.RoomIO, {
    inputOptions: { deleteRoomOnClose: true },
  });

describe('what needs a LiveKit API key', () => {
  beforeAll(() => {
    initializeLogger({ pretty: false, level: 'silent' });
    installBlocks();
  });
  beforeEach(() => {
    for (const name of ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET']) vi.stubEnv(name, 'of-the-environment');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  const cases: readonly (readonly [keyof typeof BLOCKED, string, () => unknown])[] = [
    ['delete_room', 'ctx.deleteRoom()', () => context().deleteRoom()],
    [
      'delete_room',
      'deleteRoomOnClose',
      () =>
        Promise.resolve(closingRoom()).then((io) => {
          io.start();
        }),
    ],
    ['api', 'RoomServiceClient', () => new RoomServiceClient(URL).listRooms()],
    ['api', 'RoomServiceClient', () => new RoomServiceClient(URL, PLACEHOLDER.apiKey, 'x').listRooms()],
    ['api', 'SipClient', () => new SipClient(URL).listSipInboundTrunk()],
    ['api', 'AgentDispatchClient', () => new AgentDispatchClient(URL).listDispatch('room')],
    ['livekit_key', 'AccessToken', () => new AccessToken(PLACEHOLDER.apiKey, 'x').toJwt()],
    ['livekit_key', 'MintingAvatar.start()', () => new MintingAvatar().start(NOTHING, NOTHING)],
    [
      'livekit_key',
      'MintingAvatar.start()',
      () => new MintingAvatar().start(NOTHING, NOTHING, { livekitApiKey: 'half of it' }),
    ],
    ['sip', 'WarmTransferTask', () => new workflows.WarmTransferTask(NOTHING)],
    ['inference', 'inference.LLM', () => new inference.LLM({ model: 'openai/gpt-4o-mini' })],
    ['inference', 'inference.STT', () => new inference.STT({ model: 'deepgram/nova-3' })],
    ['inference', 'inference.TTS', () => new inference.TTS({ model: 'cartesia/sonic' })],
    ['inference', 'inference.AvatarSession', () => new inference.AvatarSession({ model: 'lemonslice/x' })],
    [
      'inference',
      "inference.TurnDetector({ version: 'v1' })",
      () => new inference.TurnDetector({ version: 'v1' }),
    ],
    ['inference', 'inference.STT', () => new voice.AgentSession({ stt: 'deepgram/nova-3' })],
    ['inference', 'inference.LLM', () => inference.LLM.fromModelString('openai/gpt-4o-mini')],
  ];

  it.each(cases)('says the one message of %s: %s', async (kind, name, use) => {
    const error = await Promise.resolve()
      .then(use)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BlockedError);
    const text = BLOCKED[kind].replace('{name}', name).replace('{shutdown}', 'ctx.shutdown()');
    expect(error).toHaveProperty('message', text);
    expect(text).not.toMatch(/LIVEKIT_|\{(name|shutdown)\}/);
  });

  it('says what every SDK says', () => {
    expect(BLOCKED).toEqual(messageVectors.blocked);
  });

  it('rejects, and does not throw, where upstream is asynchronous', () => {
    expect(() => {
      context()
        .deleteRoom()
        .catch(() => undefined);
      new RoomServiceClient(URL).listRooms().catch(() => undefined);
      new AccessToken(PLACEHOLDER.apiKey, 'x').toJwt().catch(() => undefined);
    }).not.toThrow();
  });

  it('lets keys pass that the caller gives', async () => {
    await expect(new AccessToken(KEYS.apiKey, KEYS.apiSecret).toJwt()).resolves.toMatch(/^ey/);
    const given = { livekitApiKey: KEYS.apiKey, livekitApiSecret: KEYS.apiSecret };
    await expect(new MintingAvatar().start(NOTHING, NOTHING, given)).resolves.toBe('started');
    expect(new inference.LLM({ model: 'openai/gpt-4o-mini', ...KEYS })).toBeInstanceOf(upstreamInference.LLM);
  });

  it("lets a key of the team's own LiveKit Cloud project pass, whole", () => {
    vi.stubEnv('LIVEKIT_INFERENCE_API_KEY', KEYS.apiKey);
    expect(() => new inference.TTS({ model: 'cartesia/sonic' })).toThrow(BlockedError);
    vi.stubEnv('LIVEKIT_INFERENCE_API_SECRET', KEYS.apiSecret);
    expect(new inference.TTS({ model: 'cartesia/sonic' })).toBeInstanceOf(upstreamInference.TTS);
  });

  it('leaves alone what needs no key', async () => {
    await expect(new LocalAvatar().start()).resolves.toBe('started');
    expect(new workflows.TaskGroup()).toBeInstanceOf(voice.AgentTask);
    expect(new voice.AgentSession({})).toBeInstanceOf(voice.AgentSession);
  });

  it("does not keep upstream's worker from signing what the platform's token replaces", async () => {
    const token = new AccessToken(PLACEHOLDER.apiKey, PLACEHOLDER.apiSecret);
    token.addGrant({ agent: true });
    await expect(token.toJwt()).resolves.toMatch(/^ey/);
  });

  it("exports all of upstream's inference", () => {
    expect(Object.keys(inference).sort()).toEqual(Object.keys(upstreamInference).sort());
  });

  it('is installed once', () => {
    const before = Object.getOwnPropertyDescriptor(JobContext.prototype, 'deleteRoom');
    installBlocks();
    expect(Object.getOwnPropertyDescriptor(JobContext.prototype, 'deleteRoom')).toEqual(before);
  });
});
