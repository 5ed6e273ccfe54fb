import { reportedEnd, type Progress } from './progress.ts';

/** What has been started, to be stopped in reverse; also when the start fails halfway. */
export class Teardown {
  readonly #progress: Progress;
  readonly #steps: { readonly name: string; readonly stop: () => Promise<void> }[] = [];
  #running: Promise<void> | undefined;

  constructor(progress: Progress = () => undefined) {
    this.#progress = progress;
  }

  /** Waits for a start and remembers how to undo it. */
  async started<Part extends { readonly stop: () => Promise<unknown> }>(
    name: string,
    starting: Promise<Part>,
  ): Promise<Part> {
    const part = await starting;
    this.add(name, async () => {
      await part.stop();
    });
    return part;
  }

  add(name: string, stop: () => Promise<void>): void {
    this.#steps.push({ name, stop });
  }

  /** Idempotent. Goes on after a failure and reports it at the end. */
  run(): Promise<void> {
    this.#running ??= this.#runAll();
    return this.#running;
  }

  async #runAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      const { name, stop } = step;
      await reportedEnd(this.#progress, name, stop).catch((cause: unknown) => {
        failures.push(new Error(`${name} did not stop`, { cause }));
      });
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not everything stopped');
  }
}
