import { setTimeout as delay } from 'node:timers/promises';
import { LkpsError, type Clock } from '../../core/index.ts';
import { orAborted, type Deadline } from './deadline.ts';
import { describeFailure } from './describe-failure.ts';
import type { GraphToken } from './graph-token.ts';
import { discard, readJsonObject } from './read-json.ts';
import { retryAfterMs } from './retry-after.ts';
import { unavailable } from './unavailable.ts';

export type GraphAnswer =
  { readonly outcome: 'found'; readonly body: Readonly<Record<string, unknown>> } | NotFound;
interface NotFound {
  readonly outcome: 'not_found';
}
/** Overloaded or throttling. `afterMs`: how long it wants to be left alone, where it says so. */
interface Busy {
  readonly outcome: 'busy';
  readonly status: number;
  readonly afterMs: number | undefined;
}

const BUSY = new Set([429, 503, 504]);
const NOT_FOUND = 'Request_ResourceNotFound';
/** Where Graph is busy and does not say for how long: between this and twice this. */
const BACKOFF_MS = 150;

/** `GET` on Microsoft Graph: what is there, what is certainly not there, and doubt for everything else. */
export class GraphClient {
  readonly #baseUrl: string;
  readonly #token: GraphToken;
  readonly #clock: Clock;

  constructor(options: { readonly graphUrl: string; readonly token: GraphToken; readonly clock: Clock }) {
    this.#baseUrl = `${options.graphUrl}/v1.0`;
    this.#token = options.token;
    this.#clock = options.clock;
  }

  /**
   * Where Graph is busy it is asked once more, if the pause it wants fits into the deadline.
   *
   * @throws LkpsError `authorization_unavailable`
   */
  async get(path: string, deadline: Deadline): Promise<GraphAnswer> {
    try {
      const first = await this.#ask(path, deadline);
      const answer = first.outcome === 'busy' ? await this.#askAgain(path, deadline, first) : first;
      if (answer.outcome === 'busy') {
        throw unavailable(`Graph answers ${answer.status}, twice`);
      }
      return answer;
    } catch (error) {
      throw error instanceof LkpsError ? error : unavailable(`Graph: ${describeFailure(error)}`);
    }
  }

  async #askAgain(path: string, deadline: Deadline, { status, afterMs }: Busy): Promise<GraphAnswer | Busy> {
    const pauseMs = afterMs ?? BACKOFF_MS * (1 + Math.random());
    if (pauseMs >= deadline.remainingMs()) {
      throw unavailable(`Graph answers ${status} and wants a longer pause than there is time for`);
    }
    await delay(pauseMs, undefined, { signal: deadline.signal });
    return this.#ask(path, deadline);
  }

  async #ask(path: string, { signal }: Deadline): Promise<GraphAnswer | Busy> {
    const token = await orAborted(this.#token.get(), signal).catch((error: unknown) => {
      throw error instanceof LkpsError ? error : unavailable(`no token for Graph: ${describeFailure(error)}`);
    });
    const response = await fetch(`${this.#baseUrl}/${path}`, {
      headers: { accept: 'application/json', authorization: `Bearer ${token}` },
      redirect: 'manual', // an answer from elsewhere is not Graph's, and the token stays here
      signal,
    });
    const { status, headers } = response;
    if (BUSY.has(status)) {
      await discard(response);
      return {
        outcome: 'busy',
        status,
        afterMs: retryAfterMs(headers.get('retry-after'), this.#clock.now()),
      };
    }
    if (status === 200) {
      return { outcome: 'found', body: await readJsonObject(response) };
    }
    if (status < 400) {
      await discard(response);
      throw unavailable(`Graph answers ${status}`);
    }
    return decideRefusal(status, codeOf(await readJsonObject(response)));
  }
}

/** A proxy's 404, or that of a wrong URL, says nothing about an application: only Graph's own does. */
function decideRefusal(status: number, code: string): NotFound {
  if (status === 404 && code === NOT_FOUND) {
    return { outcome: 'not_found' };
  }
  if (status === 401 || status === 403) {
    throw unavailable(
      `Graph answers ${status} ${code}: has the application of LKPS the application permission Application.Read.All, with admin consent?`,
    );
  }
  throw unavailable(`Graph answers ${status} ${code}`);
}

function codeOf({ error }: Readonly<Record<string, unknown>>): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Za-z_]{1,60}$/.test(code) ? code : 'without a code';
}
