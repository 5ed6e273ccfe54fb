import type { LkpsErrorCode } from '../../core/index.ts';
import { utf8, type RawHeader, type RawRequest } from './http-message.ts';
import { JSON_TYPE, type Stage, type StageOptions } from './http-stage.ts';

interface Expected {
  readonly status: number;
  readonly code?: LkpsErrorCode | 'internal_error' | undefined;
}

/** A request, and what the contract says to it. */
export interface HttpCase extends Expected {
  readonly what: string;
  readonly request: (stage: Stage) => RawRequest;
  /** What it says behind a gateway that decodes paths, where that is another answer. */
  readonly decoded?: Expected;
  readonly stage?: StageOptions;
}

type More = Pick<HttpCase, 'decoded' | 'stage'>;

export const REGISTER = '/api/agent/register';
export const START = '/api/session/start';
const WEBHOOK = '/livekit/webhook';

export function ok(what: string, status: number, request: HttpCase['request'], more: More = {}): HttpCase {
  return { what, status, request, ...more };
}

export function no(
  what: string,
  status: number,
  code: HttpCase['code'],
  request: HttpCase['request'],
  more: More = {},
): HttpCase {
  return { what, status, code, request, ...more };
}

export function post(target: string, headers: readonly RawHeader[], body?: string): RawRequest {
  return { method: 'POST', target, headers, ...(body === undefined ? {} : { body: utf8(body) }) };
}

/** Starts a session with whatever body. */
export function start(caller: RawHeader, body: object): RawRequest {
  return post(START, [caller, JSON_TYPE], JSON.stringify(body));
}

/** A signed event of a room that is not the platform's. */
export function webhook({ platform }: Stage): RawRequest {
  const room = { name: 'a-room-of-others', sid: 'RM_others', creationTimeMs: 1 };
  const { body, signature } = platform.webhooks.sign({ eventId: 'EV_others', event: 'room_started', room });
  return { method: 'POST', target: WEBHOOK, headers: [['authorization', signature]], body };
}
