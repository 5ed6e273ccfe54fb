import type { HttpHandler } from '../../adapters/http/index.ts';
import type { RawRequest, RawResponse } from './http-message.ts';

export interface HttpHostSubject {
  /** Sends a request the way the host's clients do, and reads the whole answer. */
  readonly send: (request: RawRequest) => Promise<RawResponse>;
  readonly close: () => Promise<void>;
}

export type OpenHttpHost = (handler: HttpHandler) => Promise<HttpHostSubject>;
