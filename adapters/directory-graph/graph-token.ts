import { deadlineIn, orAborted } from './deadline.ts';
import { describeFailure } from './describe-failure.ts';
import { unavailable } from './unavailable.ts';

/**
 * What gets access tokens: any credential of `@azure/identity`, or one like it. It caches them itself, and retries
 * nothing (`retryOptions: { maxRetries: 0 }`): a lookup has too little time for that.
 */
export interface GraphCredential {
  getToken(
    scope: string,
    options: { readonly abortSignal: AbortSignal },
  ): Promise<{ readonly token: string } | null>;
}

/** RFC 6750, section 2.1: what fits a header, so that no error about a header can quote it. */
const B64TOKEN = /^[A-Za-z0-9._~+/-]{1,16384}=*$/;

/** The tokens a lookup carries. However many lookups need one at once, the credential is asked once. */
export class GraphToken {
  readonly #credential: GraphCredential;
  readonly #scope: string;
  readonly #deadlineMs: number;
  #pending: Promise<string> | undefined;

  constructor(options: {
    readonly credential: GraphCredential;
    readonly scope: string;
    readonly deadlineMs: number;
  }) {
    this.#credential = options.credential;
    this.#scope = options.scope;
    this.#deadlineMs = options.deadlineMs;
  }

  /** @throws LkpsError `authorization_unavailable` */
  get(): Promise<string> {
    this.#pending ??= this.#ask().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #ask(): Promise<string> {
    const { signal } = deadlineIn(this.#deadlineMs);
    const asked = this.#credential.getToken(this.#scope, { abortSignal: signal });
    const issued = await orAborted(asked, signal).catch((error: unknown) => {
      throw unavailable(`no token for Graph: ${describeFailure(error)}`);
    });
    if (issued === null || !B64TOKEN.test(issued.token)) {
      throw unavailable('no token for Graph: the credential gave none');
    }
    return issued.token;
  }
}
