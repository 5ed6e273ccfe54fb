import {
  agentNameOf,
  parseClientId,
  parseObjectId,
  parseRequestId,
  type ClientId,
  type ObjectId,
  type Principal,
  type RequestContext,
} from '../../core/index.ts';
import type { Platform } from './platform-over-memory.ts';

/** Who plays in the tests. `CLIENT` and the user `ADA` behind it may reach `AGENT`; `STRANGER` may not. */
export const AGENT = parseClientId('a9e00000-0000-4000-8000-00000000000a');
export const AGENT_NAME = agentNameOf(AGENT);
export const CLIENT = parseClientId('c1e00000-0000-4000-8000-00000000000c');
export const STRANGER = parseClientId('57a00000-0000-4000-8000-00000000000d');
/** Knows no application of this directory. */
export const UNKNOWN = parseClientId('0bad0000-0000-4000-8000-00000000000e');
export const ADA = parseObjectId('0e500000-0000-4000-8000-0000000000ad');

export const agentApp: Principal = { kind: 'application', clientId: AGENT };
export const clientApp: Principal = { kind: 'application', clientId: CLIENT };
export const strangerApp: Principal = { kind: 'application', clientId: STRANGER };
export const ada: Principal = {
  kind: 'user',
  clientId: CLIENT,
  userId: ADA,
  email: 'ada@example.test',
  displayName: 'Ada',
};

export const CONTEXT: RequestContext = {
  requestId: parseRequestId('req-1'),
  sourceIp: '192.0.2.7',
  userAgent: 'test/1',
};

/** The object id of an application's service principal: the same digits, under a prefix of their own. */
export function servicePrincipalOf(application: ClientId): ObjectId {
  return parseObjectId(`5e${application.slice(2)}`);
}

/** Puts the cast into the directory. */
export function introduceCast({ directory }: Pick<Platform, 'directory'>): void {
  for (const [application, preAuthorized] of [
    [AGENT, [CLIENT]],
    [CLIENT, []],
    [STRANGER, []],
  ] as const) {
    directory.put(application, { servicePrincipalId: servicePrincipalOf(application), preAuthorized });
  }
}

/** A platform where `AGENT` has just registered. */
export async function withRegisteredAgent(platform: Platform): Promise<Platform> {
  introduceCast(platform);
  await platform.service.registerAgent.execute({ caller: agentApp, context: CONTEXT });
  return platform;
}
