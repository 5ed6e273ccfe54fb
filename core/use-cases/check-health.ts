import type { Clock } from '../ports/clock.ts';
import type { HealthProbe } from '../ports/health-probe.ts';

export interface HealthReport {
  readonly status: 'pass' | 'fail';
  readonly checks: Readonly<Record<HealthCheckName, HealthCheckResult>>;
}

export type HealthCheckName = 'livekit' | 'database';

export interface HealthCheckResult {
  readonly status: 'pass' | 'fail';
  readonly latencyMs: number;
}

const REUSE_MS = 1000;

/** Asks every dependency whether it works. Never an amplifier: callers at once, or within a second, share one answer. */
export class CheckHealth {
  readonly #probes: Readonly<Record<HealthCheckName, HealthProbe>>;
  readonly #clock: Clock;
  #latest: Promise<HealthReport> | undefined;
  /** Undefined while the latest round is still asking. */
  #answeredAtMs: number | undefined;

  constructor(ports: {
    readonly probes: Readonly<Record<HealthCheckName, HealthProbe>>;
    readonly clock: Clock;
  }) {
    this.#probes = ports.probes;
    this.#clock = ports.clock;
  }

  execute(): Promise<HealthReport> {
    if (this.#latest === undefined || this.#isStale()) {
      this.#answeredAtMs = undefined;
      this.#latest = this.#round();
    }
    return this.#latest;
  }

  /** A clock that went back makes an answer stale too. */
  #isStale(): boolean {
    const ageMs = this.#answeredAtMs === undefined ? 0 : this.#clock.now().getTime() - this.#answeredAtMs;
    return ageMs < 0 || ageMs >= REUSE_MS;
  }

  async #round(): Promise<HealthReport> {
    const [livekit, database] = await Promise.all([this.#check('livekit'), this.#check('database')]);
    this.#answeredAtMs = this.#clock.now().getTime();
    const status = livekit.status === 'pass' && database.status === 'pass' ? 'pass' : 'fail';
    return { status, checks: { livekit, database } };
  }

  async #check(name: HealthCheckName): Promise<HealthCheckResult> {
    const startedMs = this.#clock.now().getTime();
    const healthy = await this.#probes[name].isHealthy().catch(() => false);
    return { status: healthy ? 'pass' : 'fail', latencyMs: this.#clock.now().getTime() - startedMs };
  }
}
