import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { version as upstreamVersion } from '@livekit/agents';
import { AccessToken } from 'livekit-server-sdk';
import { afterEach, describe, expect, it } from 'vitest';
import { assertUsableAgent } from '../src/usable-agent.ts';
import { PLACEHOLDER, registerWithPlatformToken } from '../src/worker-token.ts';

const require = createRequire(import.meta.url);

/** What the SDK relies on of upstream's inside, line by line. A new version that changes one fails here, not at night. */
describe('upstream, as the seam needs it', () => {
  const upstream = (file: string): Promise<string> =>
    readFile(join(dirname(require.resolve('@livekit/agents')), '..', 'src', file), 'utf8');

  it('is of the generation that was looked at', () => {
    expect(upstreamVersion).toMatch(/^1\.9\./);
  });

  it.each([
    [
      'mints a token at every connect, after it read the address (worker.ts, workerWS)',
      'worker.ts',
      /const workerWS = async[\s\S]+?while \(!this\.#closed\) \{\s+const url = new URL\(this\.#opts\.wsURL\);[\s\S]{0,200}?const token = new AccessToken\(this\.#opts\.apiKey, this\.#opts\.apiSecret\);\s+token\.addGrant\(\{ agent: true \}\);\s+const jwt = await token\.toJwt\(\);\s+const wsUrl = new URL\(url \+ 'agent'\);/,
    ],
    ['keeps the very options it was given (worker.ts, constructor)', 'worker.ts', /this\.#opts = opts;/],
    [
      'says a lost connection to a child of its logger, and sets a timer right after (worker.ts, workerWS)',
      'worker.ts',
      /#logger = log\(\)\.child\(\{ version \}\);[\s\S]+?this\.#logger\.warn\(\s+\{ error: e, retry_count: retries, max_retry: this\.#opts\.maxRetry \},[\s\S]{0,200}?\);\s+await new ThrowsPromise<void, never>\(\(resolve\) => setTimeout\(resolve, delay \* 1000\)\);/,
    ],
    [
      'says a close with its code and reason (worker.ts, #runWS)',
      'worker.ts',
      /new APIStatusError\(\{\s+message: 'worker connection closed unexpectedly',\s+options: \{\s+statusCode: event\.code \|\| -1,\s+body: \{\s+code: event\.code,\s+reason: event\.reason,/,
    ],
    [
      'says an error of a connection as a line of its own, besides the loss (worker.ts, #runWS)',
      'worker.ts',
      /this\.#logger\.error\('worker error:', event\.message\);/,
    ],
    [
      'listens to a connection right after it made it (worker.ts, workerWS)',
      'worker.ts',
      /this\.#session = new WebSocket\(wsUrl, \{[\s\S]{0,80}?\}\);\s+try \{\s+await new ThrowsPromise<unknown, Error>\(\(resolve, reject\) => \{\s+this\.#session!\.on\('open', resolve\);/,
    ],
    [
      'reads what the gateway sends in a listener, which throws at what it cannot read (worker.ts, #runWS)',
      'worker.ts',
      /ws\.addEventListener\('message', \(event\) => \{[\s\S]{0,900}?msg\.fromBinary\(data\);/,
    ],
    [
      'listens in a job process once the agent is loaded, and again for a job (ipc/job_proc_lazy_main.ts)',
      'ipc/job_proc_lazy_main.ts',
      /await import\(pathToFileURL\(moduleFile!\)[\s\S]+?await once\(process, 'message'\)[\s\S]+?await agent\.prewarm\(proc\);[\s\S]+?process\.on\('message', messageHandler\);/,
    ],
    [
      'forks job processes with the arguments of this one (ipc/job_proc_executor.ts)',
      'ipc/job_proc_executor.ts',
      /isTypeScript \? \{ execArgv: process\.execArgv \} : undefined;\s+return fork\(forkUrl, \[this\.#agent\], forkOptions\);/,
    ],
  ])('%s', async (_, file, line) => {
    expect(await upstream(file)).toMatch(line);
  });

  it('signs with a method that can be stood in for (AccessToken.toJwt)', () => {
    expect(Object.getOwnPropertyDescriptor(AccessToken.prototype, 'toJwt')).toMatchObject({ writable: true });
  });

  it('takes its messages with a bound that the socket is handed (ws, setSocket), and listens by a method that can be stood in for', async () => {
    const socket = require.resolve('ws', { paths: [require.resolve('@livekit/agents')] });
    const source = await readFile(join(dirname(socket), 'lib/websocket.js'), 'utf8');
    expect(source).toMatch(/websocket\.setSocket\(socket, head, \{[^}]+maxPayload: opts\.maxPayload,/);
    expect(source).toMatch(/setSocket\(socket, head, options\) \{[^}]+maxPayload: options\.maxPayload,/);
    const events = await readFile(join(dirname(socket), 'lib/event-target.js'), 'utf8');
    expect(events).toMatch(/this\.on\(type, wrapper\);/);
  });

  it('is here once, as is what it signs with', () => {
    expect(() => {
      assertUsableAgent(fileURLToPath(import.meta.url));
    }).not.toThrow();
  });
});

describe('a second copy of upstream', () => {
  it('is an error at start that says what to do', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lkps-copy-'));
    try {
      const copy = join(folder, 'node_modules/@livekit/agents');
      await mkdir(copy, { recursive: true });
      await writeFile(join(copy, 'package.json'), '{"name": "@livekit/agents", "main": "index.js"}');
      await writeFile(join(copy, 'index.js'), '');
      await writeFile(join(folder, 'agent.ts'), '');
      expect(() => {
        assertUsableAgent(join(folder, 'agent.ts'));
      }).toThrow('there are two copies of @livekit/agents, of which the agent uses another than the SDK');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the token of a worker', () => {
  let restore = (): void => undefined;
  afterEach(() => {
    restore();
  });
  const signedBy = (key: string, grant: Parameters<AccessToken['addGrant']>[0]): Promise<string> => {
    const token = new AccessToken(key, 'secret-secret-secret-secret-secret', { identity: 'x' });
    token.addGrant(grant);
    return token.toJwt();
  };

  it("is the platform's", async () => {
    restore = registerWithPlatformToken(() => Promise.resolve('platform-token'));
    expect(await signedBy(PLACEHOLDER.apiKey, { agent: true })).toBe('platform-token');
  });

  it('is for that one purpose: nothing else is answered with it', async () => {
    restore = registerWithPlatformToken(() => Promise.resolve('platform-token'));
    const others = await Promise.all([
      signedBy('a-key-of-ones-own', { agent: true }),
      signedBy(PLACEHOLDER.apiKey, { roomJoin: true, room: 'r', agent: true }),
      signedBy(PLACEHOLDER.apiKey, { roomCreate: true }),
    ]);
    expect(others).not.toContain('platform-token');
  });

  it('is gone when the worker is', async () => {
    registerWithPlatformToken(() => Promise.resolve('platform-token'))();
    expect(await signedBy(PLACEHOLDER.apiKey, { agent: true })).not.toBe('platform-token');
  });
});

it('an agent whose file is not there does not start', () => {
  expect(() => {
    assertUsableAgent('/nowhere/agent.ts');
  }).toThrow("there is no agent's file at /nowhere/agent.ts");
});
