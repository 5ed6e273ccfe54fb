import { Agent as KeepAliveAgent, get } from 'node:http';
import { Agent, request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limitedServer, platformApp } from '../../../adapters/http-koa/index.ts';
import { listenOnLoopback, type Listening } from '../../support/http-loopback.ts';
import { RecordingHandler } from '../../support/http-recording-handler.ts';

/** Of one connection, in place of 10,000. */
const MAX = 3;
const MANY = 4 * MAX + 1;

describe('a client that keeps its only connection', () => {
  const recorder = new RecordingHandler();
  let server: Listening;
  let connections: number;
  beforeEach(async () => {
    connections = 0;
    const limited = limitedServer(platformApp(recorder.handler), { maxRequestsPerSocket: MAX });
    limited.on('connection', () => (connections += 1));
    server = await listenOnLoopback(limited);
  });
  afterEach(async () => {
    recorder.reset();
    await server.close();
  });

  const expectAllAnswered = (statuses: readonly (number | undefined)[]): void => {
    expect(statuses).toEqual(Array(MANY).fill(200));
    expect(recorder.requests).toHaveLength(MANY);
    expect(connections).toBeGreaterThanOrEqual(Math.ceil(MANY / MAX));
  };

  it.for([
    { method: 'GET', pipelining: 1 },
    { method: 'POST', pipelining: 1 },
    { method: 'GET', pipelining: MANY },
  ] as const)('hears of no end to it: $method, $pipelining at once', async ({ method, pipelining }) => {
    const dispatcher = new Agent({ connections: 1, pipelining });
    const url = `http://127.0.0.1:${server.port}/api/health`;
    const ask = async (): Promise<number> => {
      const { statusCode, body } = await request(url, { method, dispatcher });
      await body.dump();
      return statusCode;
    };
    try {
      expectAllAnswered(await Promise.all(Array.from({ length: MANY }, ask)));
    } finally {
      await dispatcher.destroy();
    }
  });

  it('hears of no end to it: Node’s own agent, one request after the other', async () => {
    const agent = new KeepAliveAgent({ keepAlive: true, maxSockets: 1 });
    const ask = (): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        get({ port: server.port, host: '127.0.0.1', agent }, (response) => {
          response.resume().once('end', () => {
            resolve(response.statusCode);
          });
        }).once('error', reject);
      });
    const statuses: (number | undefined)[] = [];
    try {
      while (statuses.length < MANY) {
        statuses.push(await ask());
      }
      expectAllAnswered(statuses);
    } finally {
      agent.destroy();
    }
  });
});
