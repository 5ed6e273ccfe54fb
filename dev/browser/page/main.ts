/** The page: a client of the platform in a browser, driven from outside through `lkps`. */
import { Room, TokenSource } from 'livekit-client';
import type { PageCalls, PostAnswer, PostAsk, TokenAnswer, TokenAsk } from '../page-calls.ts';
import { agentOf, voiceOf } from './agent-of.ts';
import { echoed } from './echo.ts';
import { hearTone } from './hear.ts';
import { SessionRefused, sessionSource } from './session-source.ts';
import { startSession } from './start-session.ts';

const WITHIN_MS = 30_000;

let room: Room | undefined;
let source: ReturnType<typeof TokenSource.endpoint> | undefined;

const calls: PageCalls = {
  startSession: async (ask) => {
    // The tone is to come back as it was sent: browsers take a steady one for noise.
    const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    room = new Room({ audioCaptureDefaults: raw });
    await startSession(room, ask);
    return { room: room.name, identity: room.localParticipant.identity };
  },
  talk: async (nonce) => {
    const { room: joined } = inSession();
    const agent = await within('the agent', agentOf(joined));
    const [message, voice] = await Promise.all([
      within('its answer', echoed(joined, agent, nonce)),
      within('its voice', voiceOf(joined, agent).then(hearTone)),
    ]);
    return { agent: agent.identity, message, voice };
  },
  leave: async () => {
    await inSession().room.disconnect();
    room = undefined;
    return null;
  },
  fetchToken,
  askInOwnForm: async ({ sessionUrl, entraToken, request }) => {
    try {
      return { kind: 'token', ...(await sessionSource(sessionUrl, entraToken, request).fetch()) };
    } catch (error) {
      if (!(error instanceof SessionRefused)) return { kind: 'error', message: String(error) };
      const { code, requestId, retryAfterSeconds } = error;
      return { kind: 'refused', code, requestId, retryAfterSeconds };
    }
  },
  post,
};

async function fetchToken(ask: TokenAsk): Promise<TokenAnswer> {
  const { url, headers, credentials } = ask;
  if (ask.again !== true) source = undefined;
  source ??= TokenSource.endpoint(url, { headers, ...(credentials === undefined ? {} : { credentials }) });
  try {
    const { serverUrl, participantToken } = await source.fetch(ask.options, ask.force);
    return { kind: 'token', serverUrl, participantToken };
  } catch (error) {
    return { kind: 'error', message: String(error) };
  }
}

async function post({ url, headers, body }: PostAsk): Promise<PostAnswer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return {
      kind: 'answer',
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.json(),
    };
  } catch (error) {
    return { kind: 'error', message: String(error) };
  }
}

function inSession(): { readonly room: Room } {
  if (room === undefined) throw new Error('there is no session');
  return { room };
}

async function within<Result>(what: string, work: Promise<Result>): Promise<Result> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => {
      reject(new Error(`${what} did not come within ${WITHIN_MS} ms`));
    }, WITHIN_MS);
  });
  return Promise.race([work, late]);
}

Object.assign(globalThis, { lkps: calls });
