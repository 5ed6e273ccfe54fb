/** A request as it reaches API Gateway. */
export interface GatewayRequest {
  readonly method: string;
  /** Origin form, query included, as on the wire. */
  readonly target: string;
  /** In wire order; values are latin1, one character a byte. */
  readonly headers: readonly GatewayHeader[];
  readonly body: Uint8Array;
  readonly sourceIp: string;
}

export interface GatewayResponse {
  readonly status: number;
  readonly headers: readonly GatewayHeader[];
  readonly body: Uint8Array;
}

/** An answer of the gateway's own, as both kinds give it. */
export function gatewayMessage(status: number, message: string): GatewayResponse {
  return {
    status,
    headers: [['content-type', 'application/json']],
    body: Buffer.from(JSON.stringify({ message })),
  };
}

export type GatewayHeader = readonly [name: string, value: string];

/** What an authorizer of an HTTP API passed on: the claims of a verified token. */
export interface JwtAuthorizer {
  readonly kind: 'jwt';
  readonly claims: Readonly<Record<string, unknown>>;
  /** Only where the route asks for scopes. */
  readonly scopes?: readonly string[];
}

/** REST API: the claims of a token of a user pool. */
export interface CognitoAuthorizer {
  readonly kind: 'cognito';
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Both: the context that a function of the site returned. */
export interface LambdaAuthorizer {
  readonly kind: 'lambda';
  readonly context: Readonly<Record<string, string | number | boolean>>;
  /** REST API only; default `user`. */
  readonly principalId?: string;
}

/** What names the gateway in an event. Invented, and the same for every event. */
export const GATEWAY = { accountId: '123456789012', apiId: 'a1b2c3d4e5', region: 'eu-central-1' } as const;

/** Path and query of a target; the query without its question mark. */
export function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const mark = target.indexOf('?');
  return mark === -1
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/** `12/Mar/2020:19:03:58 +0000`, as both kinds of event say it. */
export function logTime(at: Date): string {
  const [, day = '', month = '', year = '', time = ''] = at.toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
