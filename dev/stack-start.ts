import { reported, type Progress } from './progress.ts';
import { Teardown } from './teardown.ts';

/** What every step of a start needs. Once the stack is up only `stop()`, which keeps the order, ends its parts. */
export class StackStart {
  readonly #progress: Progress;
  readonly teardown: Teardown;
  readonly #starting = new AbortController();

  constructor(progress: Progress = () => undefined) {
    this.#progress = progress;
    this.teardown = new Teardown(progress);
  }

  get signal(): AbortSignal {
    return this.#starting.signal;
  }

  abort(reason: unknown): void {
    this.#starting.abort(reason);
  }

  step<Result>(name: string, run: (working: (detail: string) => void) => Promise<Result>): Promise<Result> {
    this.signal.throwIfAborted();
    return reported(this.#progress, name, run, this.signal);
  }

  /** All at once; when one fails the others are stopped and waited for, so that none appears after the teardown. */
  async together<Parts extends readonly Promise<unknown>[] | []>(
    parts: Parts,
  ): Promise<{ -readonly [Key in keyof Parts]: Awaited<Parts[Key]> }> {
    for (const part of parts) {
      part.catch((reason: unknown) => {
        this.abort(reason);
      });
    }
    await Promise.allSettled(parts);
    this.signal.throwIfAborted();
    return Promise.all(parts);
  }
}
