import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createLogger, httpLog } from '../../composition/logger.ts';
import { startChild } from '../../dev/process/child.ts';
import { parseRequestId } from '../../core/index.ts';
import { AGENT, agentApp, clientApp, withRegisteredAgent } from '../support/platform-cast.ts';
import { platformAtTheEdge, PROOF, signedByLiveKit, throughOcelot } from '../support/platform-edge.ts';
import { failingAt } from '../support/platform-faults.ts';
import { httpRequest, jsonOf, registerRequest, startRequest } from '../support/platform-requests.ts';

const line = z.strictObject({
  level: z.enum(['info', 'error']),
  time: z.iso.datetime(),
  service: z.literal('lkps'),
  region: z.literal('eu'),
  request_id: z.string(),
  operation: z.string(),
  status: z.number(),
  duration_ms: z.number(),
  code: z.string().optional(),
  reason: z.string().optional(),
  error: z.unknown().optional(),
  msg: z.string(),
});

function capture(): { readonly lines: string[]; readonly log: ReturnType<typeof httpLog> } {
  const lines: string[] = [];
  const destination = { write: (text: string): void => void lines.push(text) };
  return { lines, log: httpLog(createLogger({ logLevel: 'info', region: 'eu' }, destination)) };
}

describe('the log of requests', () => {
  it('holds the listed fields and nothing else, whatever an entry carries', () => {
    const { lines, log } = capture();
    const entry = {
      requestId: parseRequestId('req-1'),
      operation: 'startSession',
      status: 503,
      durationMs: 7,
      code: 'livekit_unavailable',
      reason: 'CreateRoom failed',
      error: new Error('canary'),
      token: 'canary',
      headers: { authorization: 'canary' },
    } as const;
    log(entry);
    expect(lines.length).toBe(1);
    expect(lines.join()).not.toContain('canary');
    expect(line.parse(JSON.parse(lines.join()))).toMatchObject({
      level: 'error',
      request_id: 'req-1',
      status: 503,
      duration_ms: 7,
    });
  });

  it('is an error from 500 on, and information below', () => {
    const { lines, log } = capture();
    for (const status of [200, 404, 499, 500, 503]) {
      log({ requestId: parseRequestId('req-1'), operation: 'checkHealth', status, durationMs: 0 });
    }
    const levels = lines.map((text) => line.parse(JSON.parse(text)).level);
    expect(levels).toEqual(['info', 'info', 'info', 'error', 'error']);
  });

  it('has one line for each request, with the request id of its answer and nothing a caller sent or was given', async () => {
    const { lines, log } = capture();
    const plain = platformAtTheEdge();
    const broken = await withRegisteredAgent(platformAtTheEdge({ faults: failingAt('rooms', 'before') }));
    const platform = await withRegisteredAgent(plain);
    const canary = {
      'x-canary': 'canary-header',
      'user-agent': 'canary-agent',
      'x-bayer-user': 'canary@example.test',
    };
    const asked = [
      [platform, registerRequest(throughOcelot(agentApp))],
      [platform, startRequest(throughOcelot(clientApp), AGENT)],
      [platform, registerRequest({ ...throughOcelot(clientApp), ...canary })],
      [platform, { ...startRequest(throughOcelot(clientApp), AGENT), path: '/canary/path' }],
      [
        platform,
        { ...startRequest(throughOcelot(clientApp), AGENT), body: new TextEncoder().encode('{"canary":1') },
      ],
      [platform, await signedByLiveKit(new TextEncoder().encode('canary'), platform.clock)],
      [broken, startRequest(throughOcelot(clientApp), AGENT)],
    ] as const;
    for (const [at, request] of asked) {
      const response = await at.handler(request);
      at.log.slice(-1).forEach(log);
      const logged = line.parse(JSON.parse(lines.at(-1) ?? ''));
      expect(logged).toMatchObject({ request_id: response.headers['x-request-id'], status: response.status });
    }
    const text = lines.join('\n');
    expect(lines.length).toBe(asked.length);
    for (const forbidden of ['canary', 'eyJ', PROOF, 'signature']) {
      expect(text).not.toContain(forbidden);
    }
  });

  it('tells of a health check that failed as of an error', async () => {
    const { lines, log } = capture();
    const platform = platformAtTheEdge();
    platform.healthy.database = false;
    const response = await platform.handler(httpRequest({}));
    platform.log.forEach(log);
    expect(jsonOf(response)).toMatchObject({ status: 'fail' });
    expect(line.parse(JSON.parse(lines.join()))).toMatchObject({
      level: 'error',
      operation: 'checkHealth',
      status: 503,
    });
  });
});

describe('the log of a function', () => {
  it('is written by the time its process is frozen, whatever else is under way', async () => {
    const logger = new URL('../../composition/logger.ts', import.meta.url).href;
    const script = `
      import { pbkdf2 } from 'node:crypto';
      import { createLogger, writtenAtOnce } from '${logger}';
      pbkdf2('busy', 'thread', 50_000_000, 64, 'sha512', () => undefined); // whoever writes later waits for it
      createLogger({ logLevel: 'info', region: 'eu' }, writtenAtOnce()).info('last words');
      process.kill(process.pid, 'SIGSTOP');`;
    const child = await startChild({
      name: 'function',
      command: process.execPath,
      args: ['--no-warnings', '--input-type=module', '--eval', script],
      env: { UV_THREADPOOL_SIZE: '1' },
    });
    try {
      expect(await child.waitForLine(() => true, 15_000)).toContain('last words');
    } finally {
      await child.kill();
    }
  });
});
