import { httpApiEvent, httpApiResponse } from '../../dev/lambda/http-api-event.ts';
import type { GatewayRequest, GatewayResponse } from '../../dev/lambda/gateway-message.ts';
import { restEvent, restResponse } from '../../dev/lambda/rest-event.ts';
import { handle, type GatewayEvent } from '../../adapters/lambda/index.ts';
import type { Front, HttpHostSubject, OpenHttpHost } from './http-host-subject.ts';
import { groupHeaders, type RawHeader, type RawRequest, type RawResponse } from './http-message.ts';

/** A kind of gateway, as far as a host behind it can tell. */
interface Gateway {
  readonly toEvent: (request: GatewayRequest) => GatewayEvent;
  readonly toResponse: (result: unknown) => GatewayResponse;
  readonly front: Front;
}

/** REST APIs tell header names apart by case, so values come in the order of their spellings. */
const rest: Gateway = {
  toEvent: restEvent,
  toResponse: (result) => restResponse(result),
  front: {
    passesOn: (request) => ({ ...request, headers: bySpelling(asUtf8(request.headers ?? [])) }),
    decodesPaths: false,
  },
};

const httpApi: Gateway = {
  toEvent: httpApiEvent,
  toResponse: httpApiResponse,
  front: {
    passesOn: (request) => ({
      ...request,
      target: decodePath(request.target),
      headers: joined(asUtf8(request.headers ?? [])),
    }),
    decodesPaths: true,
  },
};

const functionUrl: Gateway = {
  toEvent: (request) => httpApiEvent(request, { functionUrl: true }),
  toResponse: httpApiResponse,
  front: {
    passesOn: (request) => ({ ...request, headers: joined(asUtf8(request.headers ?? [])) }),
    decodesPaths: false,
  },
};

export const openRestLambda = openBehind(rest);
export const openHttpApiLambda = openBehind(httpApi);
export const openFunctionUrlLambda = openBehind(functionUrl);

/** The Lambda function behind a gateway; events and results travel as JSON, as they do at AWS. */
function openBehind({ toEvent, toResponse, front }: Gateway): OpenHttpHost {
  return (handler) => {
    const lambda = handle(handler);
    const invoke = async (request: RawRequest): Promise<unknown> => {
      const event = JSON.parse(JSON.stringify(toEvent(gatewayRequest(request)))) as GatewayEvent;
      return JSON.parse(JSON.stringify(await lambda(event)));
    };
    const subject: HttpHostSubject = {
      send: async (request) => toRaw(toResponse(await invoke(request))),
      abandon: (request) => {
        void invoke(request);
        return Promise.resolve();
      },
      front,
      close: () => Promise.resolve(),
    };
    return Promise.resolve(subject);
  };
}

function gatewayRequest({ method, target, headers = [], body }: RawRequest): GatewayRequest {
  return { method, target, headers, body: body ?? new Uint8Array(), sourceIp: '192.0.2.10' };
}

function toRaw({ status, headers, body }: GatewayResponse): RawResponse {
  return { status, headers: groupHeaders(headers), body };
}

function bySpelling(headers: readonly RawHeader[]): readonly RawHeader[] {
  const spellings = [...new Set(headers.map(([name]) => name))];
  return spellings.flatMap((spelling) => headers.filter(([name]) => name === spelling));
}

/** Events are JSON: a value in bytes that are not UTF-8 arrives as the text those bytes are in latin1. */
function asUtf8(headers: readonly RawHeader[]): readonly RawHeader[] {
  return headers.map(([name, value]) => {
    const bytes = Buffer.from(value, 'latin1');
    const isUtf8 = Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes);
    return [name, isUtf8 ? value : Buffer.from(value, 'utf8').toString('latin1')];
  });
}

function joined(headers: readonly RawHeader[]): readonly RawHeader[] {
  return [...groupHeaders(headers)].map(([name, values]) => [name, values.join(',')]);
}

function decodePath(target: string): string {
  const [path = '', ...query] = target.split('?');
  try {
    return [decodeURIComponent(path), ...query].join('?');
  } catch {
    return target;
  }
}
