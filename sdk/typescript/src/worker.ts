import { Events, type WorkerEvents } from './events.ts';
import { isJobProcess } from './job-mark.ts';
import { refuseOptions, type WorkerOptions } from './options.ts';
import { runCommand } from './cli.ts';
import { serve } from './serve.ts';

/**
 * An agent of the platform: registers with its Entra identity, takes jobs, stays registered.
 *
 * In place of upstream's `cli.runApp(new ServerOptions({ agent }))`:
 * `new Worker({ agent: fileURLToPath(import.meta.url) }).run()`.
 */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #events = new Events();
  #isServing = false;

  /** @throws SettingsError for an option that is not accepted */
  constructor(options: WorkerOptions) {
    refuseOptions(options);
    this.#options = options;
  }

  /** Calls `listener` at each such event of this worker. */
  on<Name extends keyof WorkerEvents>(name: Name, listener: (event: WorkerEvents[Name]) => void): this {
    this.#events.on(name, listener);
    return this;
  }

  /**
   * The agent's command line: `start` (also without a word), `dev`, `console`, `download-files`, `--help`. Ends the process
   * with the exit code. Does nothing in a job process, which loads the same file.
   */
  run(): void {
    if (isJobProcess()) return;
    void runCommand(process.argv.slice(2), this.#options, (mode) => serve(this.#options, this.#events, mode));
  }

  /**
   * For a program that has a life of its own: no signals, no exit. Resolves once stopped by `signal`, after draining
   * (`devmode`: without).
   *
   * @throws SettingsError | RegistrationRefused | RegistrationUnavailable | WorkerFailed
   */
  async serve({ devmode = false, signal }: { devmode?: boolean; signal?: AbortSignal } = {}): Promise<void> {
    if (this.#isServing) throw new Error('this worker is serving already');
    this.#isServing = true;
    try {
      await serve(this.#options, this.#events, { devmode, stop: signal ?? new AbortController().signal });
    } finally {
      this.#isServing = false;
    }
  }
}
