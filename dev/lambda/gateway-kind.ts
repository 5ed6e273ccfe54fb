import { FunctionError } from './function-error.ts';
import { valuesOf } from './gateway-headers.ts';
import { gatewayMessage, type GatewayRequest, type GatewayResponse } from './gateway-message.ts';
import { httpApiEvent } from './http-api-event.ts';
import { HTTP_API_FAILURE, httpApiResponse } from './http-api-result.ts';
import { restEvent } from './rest-event.ts';
import { REST_FAILURE, restResponse } from './rest-result.ts';

export type GatewayKind = 'rest' | 'http-api';

/** Where the two gateways differ: limits, their own answers, and what lies between a request and an event. */
export interface Kind {
  readonly timeoutMs: number;
  /** Of the request line and the headers; REST APIs have no such limit of their own here. */
  readonly maxHeadBytes: number;
  readonly headTooLarge: GatewayResponse;
  readonly bodyTooLarge: GatewayResponse;
  readonly timedOut: GatewayResponse;
  readonly malformed: GatewayResponse;
  /** Never rejects: a function that failed is an answer too. */
  readonly answer: (request: GatewayRequest, invoke: Invoke) => Promise<GatewayResponse>;
}

export type Invoke = (event: unknown) => Promise<unknown>;

/** Quotas and messages as AWS documents them for each kind ("quotas and important notes", gateway responses). */
export const KINDS: Readonly<Record<GatewayKind, Kind>> = {
  rest: {
    timeoutMs: 29_000,
    maxHeadBytes: Infinity,
    headTooLarge: gatewayMessage(431, 'Request Header Fields Too Large'),
    bodyTooLarge: gatewayMessage(413, 'Request Too Long'),
    timedOut: gatewayMessage(504, 'Endpoint request timed out'),
    malformed: REST_FAILURE,
    answer: async (request, invoke) => {
      const [accept] = valuesOf(request.headers, 'accept');
      return invoke(restEvent(request)).then(
        (result) => restResponse(result, accept === undefined ? {} : { accept }),
        (error: unknown) => (isTooLarge(error) ? KINDS.rest.bodyTooLarge : REST_FAILURE),
      );
    },
  },
  'http-api': {
    timeoutMs: 30_000,
    maxHeadBytes: 10_240,
    headTooLarge: gatewayMessage(431, 'Request Header Fields Too Large'),
    bodyTooLarge: gatewayMessage(413, 'Request Entity Too Large'),
    timedOut: gatewayMessage(503, 'Service Unavailable'),
    malformed: HTTP_API_FAILURE,
    answer: async (request, invoke) =>
      invoke(httpApiEvent(request)).then(httpApiResponse, (error: unknown) =>
        isTooLarge(error) ? KINDS['http-api'].bodyTooLarge : HTTP_API_FAILURE,
      ),
  },
};

/** The event, in base64, may be too large for Lambda where the request was not for the gateway. */
function isTooLarge(error: unknown): boolean {
  return error instanceof FunctionError && error.errorType === 'RequestEntityTooLarge';
}
