import { FunctionError } from './function-error.ts';
import { startFunction, type FunctionOptions, type LambdaFunction } from './function.ts';

export interface EnvironmentsOptions extends FunctionOptions {
  /** Default 2. Beyond it an invocation waits for an environment, where Lambda would throttle it. */
  readonly maxEnvironments?: number;
}

/**
 * The execution environments of one function: an idle one is used again, else another is started. Each is frozen
 * whenever it has nothing to do, as Lambda does.
 */
export class Environments {
  readonly #options: EnvironmentsOptions;
  readonly #all = new Set<LambdaFunction>();
  readonly #idle: LambdaFunction[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #stopping = new AbortController();
  readonly #starts = new Set<Promise<unknown>>();
  #claimed = 0;
  #coldStarts = 0;
  #invocations = 0;

  constructor(options: EnvironmentsOptions) {
    this.#options = options;
  }

  /** How many environments were started, also those that failed to. */
  get coldStarts(): number {
    return this.#coldStarts;
  }

  get invocations(): number {
    return this.#invocations;
  }

  /** Those that can serve now or later. */
  get all(): readonly LambdaFunction[] {
    return [...this.#all];
  }

  /** @throws FunctionError of the cold start or of the invocation. */
  async invoke(event: unknown): Promise<unknown> {
    this.#invocations += 1;
    const environment = await this.#claim();
    try {
      return await environment.invoke(event);
    } finally {
      this.#release(environment);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new FunctionError('exit', 'Stopped', 'the function was stopped'));
    this.#next();
    await Promise.allSettled(this.#starts);
    await Promise.all([...this.#all].map((environment) => environment.stop()));
    this.#all.clear();
  }

  async #claim(): Promise<LambdaFunction> {
    const { maxEnvironments = 2 } = this.#options;
    while (this.#claimed >= maxEnvironments) {
      this.#stopping.signal.throwIfAborted();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#stopping.signal.throwIfAborted();
    this.#claimed += 1;
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.running) return idle;
      await this.#discard(idle);
    }
    return this.#coldStart();
  }

  async #coldStart(): Promise<LambdaFunction> {
    this.#coldStarts += 1;
    const starting = startFunction({ ...this.#options, signal: this.#stopping.signal });
    this.#starts.add(starting);
    try {
      const environment = await starting;
      this.#all.add(environment);
      return environment;
    } catch (error) {
      this.#unclaim();
      throw error;
    } finally {
      this.#starts.delete(starting);
    }
  }

  #release(environment: LambdaFunction): void {
    if (environment.running) {
      this.#idle.push(environment);
      environment.freeze().catch(() => undefined); // it ended instead
    } else {
      void this.#discard(environment);
    }
    this.#unclaim();
  }

  async #discard(environment: LambdaFunction): Promise<void> {
    this.#all.delete(environment);
    await environment.stop();
  }

  #unclaim(): void {
    this.#claimed -= 1;
    this.#next();
  }

  #next(): void {
    if (this.#stopping.signal.aborted) for (const resolve of this.#waiting.splice(0)) resolve();
    else this.#waiting.shift()?.();
  }
}
