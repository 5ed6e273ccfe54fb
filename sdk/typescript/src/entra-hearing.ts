import type { DefaultAzureCredentialOptions } from '@azure/identity';
import { networkReason } from './network-reason.ts';

type AdditionalPolicy = NonNullable<DefaultAzureCredentialOptions['additionalPolicies']>[number];

/** Why a credential's request came to nothing. */
export interface HeardFailure {
  /** Such as ECONNREFUSED, or `HTTP 503`. */
  readonly reason: string;
  readonly status?: number;
  /** Entra's own words. */
  readonly said?: string;
}

/**
 * Listens to a credential's requests: `@azure/identity` says of most failures no more than `endpoints_resolution_error`.
 * Those in the clear are to the machine's own identity service, and not to Entra.
 */
export class EntraHearing {
  #newest: HeardFailure | undefined;

  get newest(): HeardFailure | undefined {
    return this.#newest;
  }

  policy(secrets: readonly string[]): AdditionalPolicy {
    const send: AdditionalPolicy['policy']['sendRequest'] = async (request, next) => {
      if (!request.url.startsWith('https:')) return next(request);
      try {
        const response = await next(request);
        const { status, bodyAsText } = response;
        if (status >= 400) {
          const said = descriptionIn(bodyAsText ?? '');
          this.#newest = { reason: `HTTP ${status}`, status, ...(said === undefined ? {} : { said }) };
        }
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

function descriptionIn(body: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    const said: unknown =
      typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'error_description') : undefined;
    return typeof said === 'string' ? said : undefined;
  } catch {
    return undefined;
  }
}
