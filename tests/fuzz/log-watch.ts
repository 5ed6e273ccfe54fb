import type { Finding } from './judge.ts';

/** Lines of the service's log that no request may cause. */
export class LogWatch {
  readonly #forbidden: readonly string[];
  readonly #findings: Finding[] = [];
  #lines = 0;

  /** `forbidden`: in no line at all. */
  constructor(forbidden: readonly string[]) {
    this.#forbidden = forbidden;
  }

  add(line: string): void {
    this.#lines += 1;
    const problem = this.#problemOf(line);
    if (problem !== undefined && this.#findings.length < 20) {
      this.#findings.push({ law: problem, detail: line.slice(0, 1000) });
    }
  }

  get lines(): number {
    return this.#lines;
  }

  get findings(): readonly Finding[] {
    return this.#findings;
  }

  #problemOf(line: string): string | undefined {
    if (this.#forbidden.some((text) => line.includes(text))) {
      return 'nothing planted is logged';
    }
    if (!line.startsWith('{') && !line.startsWith('migrated: ')) {
      return 'the service says nothing but its log';
    }
    return /"code":"internal_error"|"level":"fatal"/.test(line) ? 'no defect is logged' : undefined;
  }
}
