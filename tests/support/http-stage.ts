import type { HttpRequest } from '../../adapters/http/index.ts';
import { MAX_BODY_BYTES } from '../../adapters/http/index.ts';
import { groupHeaders, type RawHeader, type RawRequest } from './http-message.ts';
import {
  AGENT,
  AGENT_NAME,
  agentApp,
  ada,
  clientApp,
  strangerApp,
  withRegisteredAgent,
} from './platform-cast.ts';
import { failingAt, type PortName } from './platform-faults.ts';
import { platformOverMemory, type Platform, type PlatformLimits } from './platform-over-memory.ts';

export type Caller = 'agent' | 'client' | 'ada' | 'stranger';

/** A platform with its cast enrolled; two of them answer the same requests with the same bytes. */
export interface Stage {
  readonly platform: Platform;
  /** The header that identifies a caller. */
  readonly as: (caller: Caller) => RawHeader;
}

export interface StageOptions {
  readonly corsOrigins?: readonly string[];
  readonly maxInFlight?: number;
  readonly limits?: PlatformLimits;
  /** A port that fails at every call from now on, as its contract says. */
  readonly failing?: PortName;
  readonly livekitIsDown?: boolean;
  /** The agent has registered, and no worker of it is there. */
  readonly agentIsOffline?: boolean;
}

export async function openStage({
  failing,
  livekitIsDown = false,
  agentIsOffline = false,
  ...options
}: StageOptions = {}): Promise<Stage> {
  let isSet = false;
  const platform = await withRegisteredAgent(
    platformOverMemory({
      ...options,
      faults: {
        next: (port, method) =>
          isSet && failing !== undefined ? failingAt(failing, 'before').next(port, method) : 'none',
      },
    }),
  );
  isSet = true;
  platform.healthy.livekit = !livekitIsDown;
  if (agentIsOffline) {
    platform.workers.takeOffline(AGENT_NAME);
  }
  const enrol = (principal: Parameters<typeof platform.identity.enrol>[0]): RawHeader => {
    const [credential = ''] = platform.identity.enrol(principal).get('authorization') ?? [];
    return ['authorization', credential];
  };
  const headers = {
    agent: enrol(agentApp),
    client: enrol(clientApp),
    ada: enrol(ada),
    stranger: enrol(strangerApp),
  };
  return { platform, as: (caller) => headers[caller] };
}

/** What any host must make of a request. */
export function toHttpRequest({ method, target, headers = [], body }: RawRequest): HttpRequest {
  const [path = '', ...query] = target.split('?');
  return {
    method,
    path,
    query: new URLSearchParams(query.join('?')),
    headers: groupHeaders(headers),
    body: (body?.length ?? 0) > MAX_BODY_BYTES ? 'too_large' : (body ?? new Uint8Array()),
    peerAddress: '127.0.0.1',
  };
}

/** The origin of a page that a site may let in. */
export const PAGE = 'https://app.example.test';
export const JSON_TYPE: RawHeader = ['content-type', 'application/json'];
export const startBody = JSON.stringify({ agent_entra_app_id: AGENT });
