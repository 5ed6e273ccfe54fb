import { attribute } from './attribute.ts';
import type { FuzzCase } from './fuzz-case.ts';
import type { Operation, Verdict } from './message.ts';
import type { Exchange } from './send.ts';

/** A request as the client knows it. */
export interface Entry {
  readonly operation: Operation;
  readonly verdict: Verdict;
  /** `unseen`: the client went away, or the server closed, before an answer. */
  readonly outcome: 'granted' | 'refused' | 'unseen';
  readonly status?: number;
  readonly phase: string;
}

/** What was sent and what came back, to be held against what the platform has on record. */
export class Ledger {
  readonly #byRequestId = new Map<string, Entry>();
  readonly #statuses = new Map<string, number>();
  #requests = 0;
  #unseen = 0;
  #unnamed = 0;

  add(fuzzCase: FuzzCase, { final }: Pick<Exchange, 'final'>): void {
    const { phase, edits } = fuzzCase;
    const { answers, extra } = attribute(fuzzCase, final);
    for (const [{ operation, verdict, requestId }, answer] of answers) {
      const outcome = answer === undefined ? 'unseen' : answer.status < 300 ? 'granted' : 'refused';
      const status = answer === undefined ? {} : { status: answer.status };
      this.#unseen += answer === undefined ? 1 : 0;
      this.#unnamed +=
        outcome === 'unseen' && verdict !== 'must_not' && (edits.length > 0 || requestId === undefined)
          ? 1
          : 0;
      this.#count(answer?.status);
      this.#name(answer?.headers.get('x-request-id')?.[0] ?? requestId, {
        operation,
        verdict,
        outcome,
        phase,
        ...status,
      });
    }
    for (const { status, headers } of extra) {
      this.#count(status);
      const [id] = headers.get('x-request-id') ?? [];
      this.#name(id, { operation: 'none', verdict: 'must_not', outcome: 'refused', phase, status });
    }
    this.#requests += answers.length;
  }

  #name(id: string | undefined, entry: Entry): void {
    if (id !== undefined) {
      this.#byRequestId.set(id, entry);
    }
  }

  get requests(): number {
    return this.#requests;
  }

  /** Requests without an answer: the service may have given them ids of its own. */
  get unseen(): number {
    return this.#unseen;
  }

  /** Those of them that may have succeeded under an id which is not known: none was sent, or an edit may have hit it. */
  get unnamed(): number {
    return this.#unnamed;
  }

  /** `none`: no answer. */
  get statuses(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#statuses].sort());
  }

  get entries(): ReadonlyMap<string, Entry> {
    return this.#byRequestId;
  }

  #count(status: number | undefined): void {
    const name = status === undefined ? 'none' : String(status);
    this.#statuses.set(name, (this.#statuses.get(name) ?? 0) + 1);
  }
}
