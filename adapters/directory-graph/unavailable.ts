import { LkpsError } from '../../core/index.ts';

/** Doubt: nobody is let in by it, and a retry can help. `why` goes to the log, so it quotes nothing from outside. */
export function unavailable(why: string): LkpsError {
  return new LkpsError('authorization_unavailable', why);
}
