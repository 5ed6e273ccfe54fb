import { isGuid, parseClientId, parseObjectId, type ClientId } from '../model/names.ts';
import type { ApplicationEvidence, CallerClaims } from './caller-kind.ts';
import { readEntraRoles } from './entra-roles.ts';

/** Which tokens of Entra ID are meant for this service. */
export interface EntraTrust {
  /** GUID, lower case. */
  readonly tenantId: string;
  /** Origin of the cloud's sign-in, as it stands in `iss` of v2 tokens: `https://login.microsoftonline.com`. */
  readonly authority: string;
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
  | 'token_version_contradictory'
  | 'audience_wrong'
  | 'token_expired'
  | 'token_not_yet_valid'
  | 'client_id_missing'
  | 'client_id_contradictory'
  | 'client_not_listed'
  | 'token_kind_contradictory';

/** Who a token speaks of, and what it says of them. */
export interface EntraCaller {
  readonly claims: CallerClaims;
  readonly evidence: ApplicationEvidence;
  /** App roles that Entra assigned to the caller. */
  readonly roles: ReadonlySet<string>;
}

/** A clock behind Entra's would refuse every fresh token; one ahead of it costs only a token's last seconds. */
const CLOCK_LAG_MS = 30_000;
const MAX_TEXT = 256;
/** Control characters, and halves of surrogate pairs. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;
const NAMES = ['tid', 'iss', 'ver', 'aud', 'appid', 'azp', 'oid', 'sub', 'idtyp', 'email', 'name'] as const;
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
  const roles = readEntraRoles(claimOf(claims, 'roles'));
  const expiresAt = instantOf(claimOf(claims, 'exp'));
  const validFrom = instantOf(claimOf(claims, 'nbf') ?? 0);
  if (texts === undefined || roles === undefined || expiresAt === undefined || validFrom === undefined) {
    return 'claim_malformed';
  }
  const isDelegated = claimOf(claims, 'scp') !== undefined; // scopes are what a user consented to
  const rejection = misdirected(texts, trust) ?? untimely({ validFrom, expiresAt }, now.getTime());
  const caller = rejection ?? callerOf(texts, isDelegated, trust);
  return typeof caller === 'string' ? caller : { ...caller, roles };
}

function misdirected({ tid, iss, ver, aud }: Texts, trust: EntraTrust): ClaimRejection | undefined {
  const { tenantId, audiences } = trust;
  if (tid?.toLowerCase() !== tenantId) {
    return 'tenant_wrong';
  }
  const version = versionOf(iss, trust);
  if (version === undefined) {
    return 'issuer_wrong';
  }
  if (ver !== undefined && ver !== version) {
    return 'token_version_contradictory';
  }
  return aud !== undefined && audiences.includes(aud) ? undefined : 'audience_wrong';
}

/** The resource's manifest decides the version of its tokens; each has an issuer of its own. */
function versionOf(iss: string | undefined, { tenantId, authority }: EntraTrust): '1.0' | '2.0' | undefined {
  if (iss === `https://sts.windows.net/${tenantId}/`) {
    return '1.0';
  }
  return iss === `${authority}/${tenantId}/v2.0` ? '2.0' : undefined;
}

function untimely(
  { validFrom, expiresAt }: { readonly validFrom: number; readonly expiresAt: number },
  now: number,
): ClaimRejection | undefined {
  if (expiresAt <= now) {
    return 'token_expired';
  }
  return validFrom > now + CLOCK_LAG_MS ? 'token_not_yet_valid' : undefined;
}

function callerOf(
  texts: Texts,
  isDelegated: boolean,
  trust: EntraTrust,
): Omit<EntraCaller, 'roles'> | ClaimRejection {
  const { appid, azp, oid, sub, idtyp, email = '', name = '' } = texts;
  const client = versionOf(texts.iss, trust) === '1.0' ? appid : azp;
  if (client === undefined) {
    return 'client_id_missing';
  }
  if ([appid, azp].some((said) => said !== undefined && said !== client)) {
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

/** Milliseconds of a claim in whole seconds; gateways hand numbers on as text. */
function instantOf(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^\d{1,12}$/.test(text) ? Number(text) * 1000 : undefined;
}
