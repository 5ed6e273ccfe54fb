import type { HttpCredential, HttpHeaders } from '../../adapters/http/index.ts';
import type { Identification, IdentitySource, Principal } from '../../core/index.ts';

/** {@link IdentitySource} that knows exactly the callers it was told of, by an opaque bearer credential each. */
export class MemoryIdentitySource implements IdentitySource<HttpCredential> {
  readonly #callers = new Map<string, Principal>();

  /** The headers with which `principal` is recognised from now on. */
  enrol(principal: Principal): HttpHeaders {
    const credential = `Bearer caller-${this.#callers.size + 1}`;
    this.#callers.set(credential, principal);
    return new Map([['authorization', [credential]]]);
  }

  identify({ headers }: HttpCredential): Promise<Identification> {
    return Promise.resolve(this.#identify(headers.get('authorization') ?? []));
  }

  #identify(offered: readonly string[]): Identification {
    const [credential] = offered;
    if (credential === undefined) {
      return { outcome: 'rejected', reason: 'credential_missing' };
    }
    if (offered.length > 1) {
      return { outcome: 'rejected', reason: 'credential_repeated' };
    }
    const principal = this.#callers.get(credential);
    return principal === undefined
      ? { outcome: 'rejected', reason: 'credential_unknown' }
      : { outcome: 'identified', principal };
  }
}
