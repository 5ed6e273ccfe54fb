import type { EntraTrust } from '../../core/index.ts';
import { client, servicePrincipal, user } from './ocelot-callers.ts';

export const CLAIMS_NOW = new Date('2026-03-01T12:00:00Z');

export const TRUST: EntraTrust = {
  tenantId: '7e4a0000-0000-4000-8000-000000000001',
  authority: 'https://login.microsoftonline.com',
  audiences: ['api://lkps.example.test', 'a9900000-0000-4000-8000-000000000001'],
  clients: new Set([client]),
};

const COMMON = {
  tid: TRUST.tenantId,
  iss: `https://login.microsoftonline.com/${TRUST.tenantId}/v2.0`,
  aud: 'a9900000-0000-4000-8000-000000000001',
  exp: CLAIMS_NOW.getTime() / 1000 + 3600,
  azp: client,
};

/** The claims of an application's own v2 token. */
export const AS_APPLICATION = { ...COMMON, idtyp: 'app', oid: servicePrincipal, sub: servicePrincipal };

/** The same application, where the resource's manifest asks for v1 tokens. */
export const AS_V1_APPLICATION = {
  ...AS_APPLICATION,
  iss: `https://sts.windows.net/${TRUST.tenantId}/`,
  aud: 'api://lkps.example.test',
  azp: undefined,
  appid: client,
};

/** The claims of a user's v2 token with everything it may say of one. */
export const AS_USER = {
  ...COMMON,
  oid: user,
  sub: 'pairwise-subject-of-ada',
  scp: 'access_as_user',
  email: 'ada@example.test',
  name: 'Ada Ünï',
};
