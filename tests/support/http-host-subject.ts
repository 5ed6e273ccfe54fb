import type { HttpHandler } from '../../adapters/http/index.ts';
import type { RawRequest, RawResponse } from './http-message.ts';

export interface HttpHostSubject {
  /** Sends a request the way the host's clients do, and reads the whole answer. */
  readonly send: (request: RawRequest) => Promise<RawResponse>;
  /** Sends a whole request and goes away without waiting for the answer. */
  readonly abandon: (request: RawRequest) => Promise<void>;
  /** What a gateway in front makes of a request before the host sees it; absent where there is none. */
  readonly front?: Front;
  readonly close: () => Promise<void>;
}

export interface Front {
  readonly passesOn: (request: RawRequest) => RawRequest;
  /** Whether percent-encoded paths arrive decoded: then they are the paths they spell. */
  readonly decodesPaths: boolean;
}

export type OpenHttpHost = (handler: HttpHandler) => Promise<HttpHostSubject>;
