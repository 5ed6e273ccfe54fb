import { it } from 'vitest';

/** A law an adapter declares it cannot keep, and why. */
export interface SkippedLaw {
  readonly law: string;
  readonly reason: string;
}

export interface ContractOptions {
  readonly skip?: readonly SkippedLaw[];
}

export type Law = (law: string, holds: () => Promise<void>, timeoutMs?: number) => void;

/** `it` for a contract suite: a law the adapter skips is reported with its reason. */
export function lawsOf({ skip = [] }: ContractOptions = {}): Law {
  return (law, holds, timeoutMs) => {
    const skipped = skip.find((candidate) => candidate.law === law);
    if (skipped === undefined) {
      it(law, holds, timeoutMs);
    } else {
      it.skip(`${law} (skipped: ${skipped.reason})`, holds);
    }
  };
}
