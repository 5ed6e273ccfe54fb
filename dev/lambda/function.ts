import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describeExit, startChild, type Child, type ChildOptions } from '../process/child.ts';
import { deferred } from './deferred.ts';
import { FunctionError } from './function-error.ts';
import { GATEWAY } from './gateway-message.ts';
import { RuntimeApi } from './runtime-api.ts';

const RUNTIME = fileURLToPath(new URL('./runtime.ts', import.meta.url));
/** Lambda's limits: 10 s to initialise, and what is set for the function itself. */
const INIT_TIMEOUT_MS = 10_000;
const DEFAULT_TIMEOUT_MS = 30_000;
const MEMORY_MIB = '512';

export interface FunctionOptions {
  /** The directory of the code; absolute. */
  readonly taskRoot: string;
  /** Default `index.handler`. */
  readonly handler?: string;
  readonly name?: string;
  /** The function's whole configuration; Lambda's own variables are added. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly initTimeoutMs?: number;
  readonly log?: ChildOptions['log'];
  readonly signal?: AbortSignal;
}

/** One execution environment: a process that serves one invocation at a time and is frozen in between. */
export interface LambdaFunction {
  readonly pid: number;
  /** Whether it can still serve. */
  readonly running: boolean;
  /** Thaws the process if need be. @throws FunctionError */
  readonly invoke: (event: unknown) => Promise<unknown>;
  /** Stops the process as soon as it waits for an event: only then does Lambda freeze an environment. */
  readonly freeze: () => Promise<void>;
  readonly thaw: () => void;
  readonly stop: () => Promise<void>;
}

/** @throws FunctionError of kind `init`, `exit` or `timeout` when the code does not load. */
export async function startFunction(options: FunctionOptions): Promise<LambdaFunction> {
  const name = options.name ?? 'lkps';
  const api = await RuntimeApi.start(
    `arn:aws:lambda:${GATEWAY.region}:${GATEWAY.accountId}:function:${name}`,
  );
  try {
    const child = await startChild(processOf(options, name, api.address));
    void child.exited.then((exit) => {
      api.end(new FunctionError('exit', 'Runtime.ExitError', `the process ended: ${describeExit(exit)}`));
    });
    const lambda = new Environment(child, api, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    try {
      await inTime(api.idle(), options.initTimeoutMs ?? INIT_TIMEOUT_MS, 'the function did not initialise');
    } catch (error) {
      await lambda.stop();
      throw error;
    }
    return lambda;
  } catch (error) {
    await api.stop().catch(() => undefined);
    throw error;
  }
}

function processOf(options: FunctionOptions, name: string, runtimeApi: string): ChildOptions {
  return {
    name: `function ${name}`,
    command: process.execPath,
    args: ['--no-warnings', RUNTIME],
    cwd: options.taskRoot,
    env: {
      ...options.env,
      AWS_LAMBDA_RUNTIME_API: runtimeApi,
      _HANDLER: options.handler ?? 'index.handler',
      LAMBDA_TASK_ROOT: options.taskRoot,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: MEMORY_MIB,
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: randomBytes(16).toString('hex'),
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs',
      AWS_REGION: GATEWAY.region,
      AWS_DEFAULT_REGION: GATEWAY.region,
      TZ: ':UTC',
    },
    graceMs: 2_000,
    ...(options.log === undefined ? {} : { log: options.log }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
}

class Environment implements LambdaFunction {
  readonly #child: Child;
  readonly #api: RuntimeApi;
  readonly #timeoutMs: number;
  #busy = false;

  constructor(child: Child, api: RuntimeApi, timeoutMs: number) {
    this.#child = child;
    this.#api = api;
    this.#timeoutMs = timeoutMs;
  }

  get pid(): number {
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#child.running;
  }

  readonly invoke = async (event: unknown): Promise<unknown> => {
    this.#busy = true;
    try {
      const deadlineMs = Date.now() + this.#timeoutMs;
      const message = `no answer within ${this.#timeoutMs} ms`;
      const answer = this.#api.invoke(event, deadlineMs);
      this.thaw(); // to an event that is already there, beside all else that came while it was frozen
      return await inTime(answer, this.#timeoutMs, message);
    } catch (error) {
      if (error instanceof FunctionError && error.kind === 'timeout') await this.#child.kill();
      throw error;
    } finally {
      this.#busy = false;
    }
  };

  readonly freeze = async (): Promise<void> => {
    await this.#api.idle();
    if (!this.#busy) this.#child.pause();
  };

  readonly thaw = (): void => {
    this.#child.resume();
  };

  readonly stop = async (): Promise<void> => {
    await this.#child.stop();
    await this.#api.stop();
  };
}

async function inTime<Result>(work: Promise<Result>, timeoutMs: number, message: string): Promise<Result> {
  const late = deferred<never>();
  const timer = setTimeout(() => {
    late.reject(new FunctionError('timeout', 'Sandbox.Timedout', message));
  }, timeoutMs);
  work.catch(() => undefined); // may fail after it was given up
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
