/** How a process ends. The same in every SDK. */
export const EXIT_CODES = {
  stopped: 0,
  settings: 78,
  refused: 77,
  unavailable: 69,
  failed: 70,
  forced: 130,
} as const;

/** What is set cannot be used; every problem at once. Never repeats what may be a secret. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      ["the agent's settings cannot be used:", ...problems.map((problem) => `  - ${problem}`)].join('\n'),
    );
    this.problems = problems;
  }
}

/** A definite no, of Entra, of the edge or of the platform: asking again cannot mend it. */
export class RegistrationRefused extends Error {
  override readonly name = 'RegistrationRefused';
}

/** Not now: asking again may mend it. */
export class RegistrationUnavailable extends Error {
  override readonly name = 'RegistrationUnavailable';
  /** How long the platform asks to be left alone, 0 to 60,000. */
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs = 0) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** No credential was found at all: final at start; later the machine's own identity service may be away for a while. */
export class NoCredential extends RegistrationUnavailable {}

/** The worker ended by itself. */
export class WorkerFailed extends Error {
  override readonly name = 'WorkerFailed';
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof SettingsError) return EXIT_CODES.settings;
  if (error instanceof RegistrationRefused) return EXIT_CODES.refused;
  if (error instanceof RegistrationUnavailable) return EXIT_CODES.unavailable;
  return EXIT_CODES.failed;
}
