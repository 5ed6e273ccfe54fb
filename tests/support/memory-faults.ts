import { LkpsError } from '../../core/index.ts';

/** `after`: the effect took place, and only its answer was lost. */
export type Fault = 'none' | 'before' | 'after';

/**
 * The same port, some of whose calls reject: before their effect, or after it. For ports all of whose methods answer
 * with promises.
 */
export function withFaults<Port extends object>(
  port: Port,
  nextFault: (method: string) => Fault,
  failure: () => Error = () => new LkpsError('audit_unavailable', 'planted fault'),
): Port {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') {
        return member;
      }
      return async (...args: unknown[]): Promise<unknown> => {
        const fault = nextFault(String(name));
        if (fault === 'before') {
          throw failure();
        }
        const answer: unknown = await Reflect.apply(member, target, args);
        if (fault === 'after') {
          throw failure();
        }
        return answer;
      };
    },
  });
}

/** Faults in a fixed round, so that a failing test fails again. */
export function faultsInTurn(...round: readonly Fault[]): () => Fault {
  let calls = 0;
  return () => round[calls++ % round.length] ?? 'none';
}
