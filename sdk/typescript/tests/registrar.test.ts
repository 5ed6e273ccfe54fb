import { version as upstreamVersion } from '@livekit/agents';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { RegistrationRefused, RegistrationUnavailable } from '../src/errors.ts';
import { Events } from '../src/events.ts';
import { Registrar } from '../src/registrar.ts';
import { readSettings, type SettingsOptions } from '../src/settings.ts';
import {
  openLocalServer,
  registrationBody,
  type LocalServer,
  type Received,
} from './support/local-server.ts';

const NEVER = new AbortController().signal;
let edge: LocalServer | undefined;
afterEach(() => edge?.close());

interface Edge {
  readonly answer: (received: Received, response: ServerResponse) => void;
  readonly options?: SettingsOptions;
  readonly getToken?: (
    signal: AbortSignal | undefined,
  ) => Promise<{ token: string; expiresOnTimestamp: number } | null>;
}

/** An agent with a credential of its own in front of an edge that answers so. */
async function before({ answer, options = {}, getToken }: Edge) {
  edge = await openLocalServer(answer);
  const settings = readSettings({ LKPS_URL: edge.url, LKPS_SCOPE: 'api://lkps/.default' }, options, true);
  const give = getToken ?? (() => Promise.resolve({ token: 'entra-token', expiresOnTimestamp: Infinity }));
  const scopes: unknown[] = [];
  const credential = {
    getToken: (scope: unknown, asked?: { readonly abortSignal?: AbortSignal }) => {
      scopes.push(scope);
      return give(asked?.abortSignal);
    },
  };
  const events = new Events();
  return { registrar: new Registrar(settings, credential, events), events, edge, scopes };
}

const registered: Edge['answer'] = (_, response) => response.end(registrationBody());

describe('one registration', () => {
  it("is a POST with Entra's token, a request id and what asks, and no body", async () => {
    const { registrar, edge, scopes } = await before({ answer: registered });
    const { requestId, agentName } = await registrar.register(NEVER);
    expect(agentName).toBe('11111111-2222-4333-8444-555555555555');
    expect(scopes).toEqual(['api://lkps/.default']);
    expect(edge.received).toHaveLength(1);
    expect(edge.received[0]).toMatchObject({ method: 'POST', path: '/api/agent/register', body: '' });
    expect(edge.received[0]?.headers).toMatchObject({
      authorization: 'Bearer entra-token',
      'x-request-id': requestId,
      'user-agent': `livekit-platform-agents/1.4.4 livekit-agents/${upstreamVersion} node/${process.versions.node}`,
    });
    expect(edge.received[0]?.headers).not.toHaveProperty('content-type');
  });

  it('says who may start sessions, where the agent says so', async () => {
    const { registrar, edge } = await before({
      answer: registered,
      options: { clientAuthorization: 'open' },
    });
    await registrar.register(NEVER);
    expect(edge.received[0]?.body).toBe('{"client_authorization":"open"}');
    expect(edge.received[0]?.headers['content-type']).toBe('application/json');
  });

  it('follows no redirect: the token goes to one place only', async () => {
    const { registrar, edge } = await before({
      answer: (_, response) => response.writeHead(307, { location: '/elsewhere' }).end(),
    });
    await expect(registrar.register(NEVER)).rejects.toThrow(RegistrationRefused);
    expect(edge.received.map(({ path }) => path)).toEqual(['/api/agent/register']);
  });

  it('reads no more of an answer than any of the platform has', async () => {
    const { registrar } = await before({
      answer: (_, response) => response.end(registrationBody({ more: 'x'.repeat(70_000) })),
    });
    await expect(registrar.register(NEVER)).rejects.toThrow(/has no usable token \(HTTP 200/);
  });

  it('says in one line why nobody answered', async () => {
    const { registrar, edge } = await before({ answer: registered });
    await edge.close();
    const failure = await registrar.register(NEVER).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RegistrationUnavailable);
    expect(failure).toMatchObject({
      message: expect.stringMatching(
        /^the platform is not reachable: ECONNREFUSED \(request [-0-9a-f]{36}\)$/,
      ) as string,
    });
    expect(failure).not.toHaveProperty('cause');
  });

  it('ends with the signal: while Entra is asked, and while the platform is', async () => {
    const stop = new AbortController();
    const entra = await before({ answer: registered, getToken: () => new Promise(() => undefined) });
    const asking = entra.registrar.register(stop.signal);
    stop.abort(new Error('stopped'));
    await expect(asking).rejects.toThrow('stopped');
    await entra.edge.close();

    const later = new AbortController();
    const platform = await before({
      answer: () => {
        later.abort(new Error('stopped'));
      },
    });
    await expect(platform.registrar.register(later.signal)).rejects.toThrow('stopped');
  });

  it('tells what Entra took, and keeps what the platform took', async () => {
    const { registrar, events } = await before({ answer: registered });
    const told: number[] = [];
    events.on('accessToken', ({ ms }) => void told.push(ms));
    await registrar.register(NEVER);
    expect(told).toEqual([expect.any(Number)]);
    expect(registrar.tookMs).toBeGreaterThanOrEqual(0);
  });

  it('that is not accepted is final with a credential of the program', async () => {
    const { registrar, edge } = await before({ answer: (_, response) => response.writeHead(401).end() });
    await expect(registrar.register(NEVER)).rejects.toThrow(RegistrationRefused);
    expect(edge.received).toHaveLength(1);
  });
});

it('of a credential that gives no token is not to be had for now', async () => {
  const { registrar } = await before({ answer: registered, getToken: () => Promise.resolve(null) });
  await expect(registrar.register(NEVER)).rejects.toThrow('the credential given to Worker gave no token');
});
