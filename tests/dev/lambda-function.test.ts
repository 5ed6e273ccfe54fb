import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startFunction, type FunctionOptions, type LambdaFunction } from '../../dev/lambda/function.ts';
import { alive } from './processes.ts';

const TOY = fileURLToPath(new URL('./fixtures/lambda-toy', import.meta.url));
const BROKEN = fileURLToPath(new URL('./fixtures/lambda-broken', import.meta.url));
const ENDLESS = fileURLToPath(new URL('./fixtures/lambda-endless', import.meta.url));

const started: LambdaFunction[] = [];
const log: string[] = [];

async function start(options: Partial<FunctionOptions> = {}): Promise<LambdaFunction> {
  const lambda = await startFunction({
    taskRoot: TOY,
    env: {},
    initTimeoutMs: 30_000,
    log: (line) => log.push(line),
    ...options,
  });
  started.push(lambda);
  return lambda;
}

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(started.splice(0).map((lambda) => lambda.stop()));
  log.length = 0;
});

describe('an execution environment', () => {
  it('keeps its process and what the module holds from one invocation to the next', async () => {
    const lambda = await start();
    expect(await lambda.invoke({})).toMatchObject({ pid: lambda.pid, count: 1 });
    expect(await lambda.invoke({})).toMatchObject({ pid: lambda.pid, count: 2 });
  });

  it('hands over the event as it is and a context that counts down to the deadline', async () => {
    const lambda = await start({ timeoutMs: 60_000 });
    const event = { do: 'event', text: 'é\u2028"', list: [1, null, { a: true }] };
    expect(await lambda.invoke(event)).toEqual(event);
    const context = await lambda.invoke({ do: 'context' });
    expect(context).toMatchObject({
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      functionName: 'lkps',
      invokedFunctionArn: expect.stringMatching(/^arn:aws:lambda:.*:function:lkps$/) as string,
    });
    expect((context as { remaining: number }).remaining).toBeGreaterThan(30_000);
    expect((context as { remaining: number }).remaining).toBeLessThanOrEqual(60_000);
  });

  it("has the environment it is given and Lambda's own, and nothing of the shell's configuration", async () => {
    vi.stubEnv('LKPS_LOG_LEVEL', 'trace');
    vi.stubEnv('LIVEKIT_API_SECRET', 'of the shell');
    const lambda = await start({ env: { LKPS_REGION: 'eu' } });
    const env = await lambda.invoke({ do: 'env' });
    expect(env).toMatchObject({ LKPS_REGION: 'eu', AWS_LAMBDA_FUNCTION_NAME: 'lkps', LAMBDA_TASK_ROOT: TOY });
    expect(env).not.toHaveProperty('LKPS_LOG_LEVEL');
    expect(env).not.toHaveProperty('LIVEKIT_API_SECRET');
  });

  it('returns null for nothing', async () => {
    expect(await (await start()).invoke({ do: 'nothing' })).toBeNull();
  });

  it('fails an invocation with what the handler threw, says so in the log, and serves the next', async () => {
    const lambda = await start();
    await expect(lambda.invoke({ do: 'throw' })).rejects.toMatchObject({
      kind: 'handler',
      errorType: 'RangeError',
      message: 'out of range',
    });
    expect(log.some((line) => line.includes('Invoke Error') && line.includes('out of range'))).toBe(true);
    expect(log).toContain('about to throw');
    expect(await lambda.invoke({})).toMatchObject({ count: 2 });
  });

  it('fails an invocation whose event or result is too large, and serves the next', async () => {
    const lambda = await start();
    await expect(lambda.invoke({ do: 'big' })).rejects.toMatchObject({ kind: 'too_large' });
    await expect(lambda.invoke({ text: 'x'.repeat(6_300_000) })).rejects.toMatchObject({ kind: 'too_large' });
    expect(await lambda.invoke({})).toMatchObject({ count: 2 });
  });

  it('is over when its process ends or does not answer in time, and leaves no process', async () => {
    const ended = await start();
    await expect(ended.invoke({ do: 'exit' })).rejects.toMatchObject({
      kind: 'exit',
      message: 'the process ended: exit code 7',
    });
    const late = await start({ timeoutMs: 300 });
    await expect(late.invoke({ do: 'hang' })).rejects.toMatchObject({ kind: 'timeout' });
    for (const lambda of [ended, late]) {
      expect(lambda.running).toBe(false);
      await expect(lambda.invoke({})).rejects.toMatchObject({ kind: 'exit' });
      expect(alive([lambda.pid])).toEqual([]);
    }
  });

  it('does nothing while it is frozen, and is thawed by the next invocation', async () => {
    const lambda = await start();
    await lambda.invoke({});
    await lambda.freeze();
    await delay(500);
    const { longestGapMs } = (await lambda.invoke({})) as { longestGapMs: number };
    expect(longestGapMs).toBeGreaterThan(400); // of about 5 while running
    expect(await lambda.invoke({})).toMatchObject({ count: 3 });
  });

  it('can be stopped while frozen, and twice', async () => {
    const lambda = await start();
    await lambda.freeze();
    await lambda.stop();
    await lambda.stop();
    expect(alive([lambda.pid])).toEqual([]);
  });
});

describe('a function that cannot start', () => {
  it('says what its module threw, and leaves no process', async () => {
    await expect(start({ taskRoot: BROKEN })).rejects.toMatchObject({
      kind: 'init',
      errorType: 'StartError',
      message: 'LKPS_PORT is required',
    });
    expect(log.some((line) => line.includes('Init Error') && line.includes('LKPS_PORT'))).toBe(true);
  });

  it.each([
    ['missing.handler', 'Runtime.ImportModuleError'],
    ['index.missing', 'Runtime.HandlerNotFound'],
    ['index.text', 'Runtime.HandlerNotFound'],
  ])('for want of %s says %s', async (handler, errorType) => {
    await expect(start({ handler })).rejects.toMatchObject({ kind: 'init', errorType });
  });

  it('in time is given up', async () => {
    await expect(start({ taskRoot: ENDLESS, initTimeoutMs: 300 })).rejects.toMatchObject({ kind: 'timeout' });
  });
});
