import type { DefaultAzureCredentialOptions } from '@azure/identity';
import { networkReason } from './network-reason.ts';

type AdditionalPolicy = NonNullable<DefaultAzureCredentialOptions['additionalPolicies']>[number];

/** Why a credential's request came to nothing. */
export interface HeardFailure {
  /** Such as ECONNREFUSED, or `HTTP 503`. */
  readonly reason: string;
  readonly status?: number;
  /** OAuth's error, such as `invalid_client`. */
  readonly error?: string;
  /** Entra's own words. */
  readonly said?: string;
}

/**
 * Listens to a credential's requests: `@azure/identity` says of most failures no more than `endpoints_resolution_error`, and
 * takes anybody's page for an answer of Entra. Those in the clear are to the machine's own identity service, and not to Entra.
 */
export class EntraHearing {
  #newest: HeardFailure | undefined;

  /** The newest answer, where there was no token in it: who got one has no failure to explain. */
  get newest(): HeardFailure | undefined {
    return this.#newest;
  }

  policy(secrets: readonly string[]): AdditionalPolicy {
    const send: AdditionalPolicy['policy']['sendRequest'] = async (request, next) => {
      if (!request.url.startsWith('https:')) return next(request);
      try {
        const response = await next(request);
        const { status, bodyAsText } = response;
        // Only a POST asks for a token: the others ask where that is done.
        if (status >= 400 || request.method === 'POST') this.#newest = heardIn(status, bodyAsText ?? '');
        return response;
      } catch (error) {
        const status: unknown = error instanceof Error ? Reflect.get(error, 'statusCode') : undefined;
        this.#newest =
          typeof status === 'number'
            ? { reason: `HTTP ${status}`, status }
            : { reason: networkReason(error, secrets) };
        throw error;
      }
    };
    return { policy: { name: 'lkpsEntraHearing', sendRequest: send }, position: 'perCall' };
  }
}

function heardIn(status: number, body: string): HeardFailure {
  const document = parseJson(body);
  const [error, said] = ['error', 'error_description'].map((name) => textOf(document, name));
  return {
    reason: `HTTP ${status}`,
    status,
    ...(error === undefined ? {} : { error }),
    ...(said === undefined ? {} : { said }),
  };
}

function textOf(document: unknown, name: string): string | undefined {
  const text: unknown =
    typeof document === 'object' && document !== null ? Reflect.get(document, name) : undefined;
  return typeof text === 'string' ? text : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
