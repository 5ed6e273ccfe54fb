import { isGuid, parseClientId, parseObjectId, type ClientId } from '../model/names.ts';
import type { ApplicationEvidence, CallerClaims } from './caller-kind.ts';

/** Which tokens of Entra ID are meant for this service. */
export interface EntraTrust {
  /** GUID, lower case. */
  readonly tenantId: string;
  /** As they may stand in `aud`: App ID URIs (v1 tokens) and the application's GUID (v2 tokens). */
  readonly audiences: readonly string[];
  /** The Client Access List: the applications that may call at all. */
  readonly clients: ReadonlySet<ClientId>;
}

/** Why claims were not believed: goes to log and audit as it is. */
export type ClaimRejection =
  | 'claim_malformed'
  | 'tenant_wrong'
  | 'issuer_wrong'
  | 'audience_wrong'
  | 'token_expired'
  | 'client_id_missing'
  | 'client_id_contradictory'
  | 'client_not_listed'
  | 'token_kind_contradictory';

interface EntraCaller {
  readonly claims: CallerClaims;
  readonly evidence: ApplicationEvidence;
}

const MAX_TEXT = 256;
/** Control characters, and halves of surrogate pairs. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;
const NAMES = ['tid', 'iss', 'aud', 'appid', 'azp', 'oid', 'sub', 'idtyp', 'email', 'name'] as const;
type Texts = Partial<Record<(typeof NAMES)[number], string>>;

/**
 * The caller an Entra access token speaks of. The signature was verified by whoever hands the claims over; everything
 * else is checked here (Microsoft identity platform, access token claims reference, v1.0 and v2.0).
 */
export function readEntraClaims(
  claims: Readonly<Record<string, unknown>>,
  trust: EntraTrust,
  now: Date,
): EntraCaller | ClaimRejection {
  const texts = readTexts(claims);
  const expiresAtSeconds = wholeNumber(claimOf(claims, 'exp'));
  if (texts === undefined || expiresAtSeconds === undefined) {
    return 'claim_malformed';
  }
  const isDelegated = claimOf(claims, 'scp') !== undefined; // scopes are what a user consented to
  const isExpired = expiresAtSeconds * 1000 <= now.getTime();
  return misdirected(texts, trust) ?? (isExpired ? 'token_expired' : callerOf(texts, isDelegated, trust));
}

function misdirected({ tid, iss, aud }: Texts, trust: EntraTrust): ClaimRejection | undefined {
  const { tenantId, audiences } = trust;
  if (tid?.toLowerCase() !== tenantId) {
    return 'tenant_wrong';
  }
  const issuers = [
    `https://sts.windows.net/${tenantId}/`,
    `https://login.microsoftonline.com/${tenantId}/v2.0`,
  ];
  if (iss === undefined || !issuers.includes(iss)) {
    return 'issuer_wrong';
  }
  return aud !== undefined && audiences.includes(aud) ? undefined : 'audience_wrong';
}

function callerOf(texts: Texts, isDelegated: boolean, trust: EntraTrust): EntraCaller | ClaimRejection {
  const { appid, azp, oid, sub, idtyp, email = '', name = '' } = texts;
  const client = appid ?? azp; // v1 tokens say appid, v2 tokens azp
  if (client === undefined) {
    return 'client_id_missing';
  }
  if (azp !== undefined && azp !== client) {
    return 'client_id_contradictory';
  }
  if (!isGuid(client) || (oid !== undefined && !isGuid(oid))) {
    return 'claim_malformed';
  }
  const clientId = parseClientId(client);
  if (!trust.clients.has(clientId)) {
    return 'client_not_listed';
  }
  if (idtyp === 'app' && isDelegated) {
    return 'token_kind_contradictory';
  }
  const actsForItself = !isDelegated && oid !== undefined && oid === sub;
  const saysApplication = idtyp === 'app' || (idtyp === undefined && actsForItself);
  return {
    claims: {
      clientId,
      ...(oid === undefined ? {} : { userId: parseObjectId(oid) }),
      ...(email === '' ? {} : { email }),
      ...(name === '' ? {} : { displayName: name }),
      mentionsUser: !saysApplication,
    },
    evidence: { source: 'token', saysApplication },
  };
}

/** Every claim that is read is bounded plain text, or absent; undefined when one is anything else. */
function readTexts(claims: Readonly<Record<string, unknown>>): Texts | undefined {
  const texts: Texts = {};
  for (const name of NAMES) {
    const value = claimOf(claims, name);
    if (value === undefined) {
      continue;
    }
    if (typeof value !== 'string' || value.length > MAX_TEXT || UNPRINTABLE.test(value)) {
      return undefined;
    }
    texts[name] = value;
  }
  return texts;
}

function claimOf(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

/** Gateways hand numbers on as text. */
function wholeNumber(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}
