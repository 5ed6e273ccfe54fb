import fc from 'fast-check';
import {
  agentNameOf,
  agentToken,
  parseTokenId,
  parseTokenTtlSeconds,
  participantToken,
  TRACK_SOURCES,
  type Grants,
  type SeatWishes,
  type TokenSpec,
} from '../../core/index.ts';
import { clientIds, instants, sessionIntents } from './arbitraries.ts';

type ParticipantGrants = Extract<Grants, { readonly roomJoin: true }>;

const tokenTimes = fc.record({
  tokenId: fc.uuid().map(parseTokenId),
  issuedAt: instants,
  ttlMs: fc.integer({ min: 1, max: 3600 }).map(parseTokenTtlSeconds),
});

/** Every agent token the policy can ask for. */
export const agentTokenSpecs: fc.Arbitrary<TokenSpec> = fc
  .tuple(clientIds.map(agentNameOf), tokenTimes)
  .map(([agent, time]) => agentToken(agent, time));

/** Whatever a caller may wish for its seat. */
export const seatWishes: fc.Arbitrary<SeatWishes> = fc.record(
  {
    permissions: fc.record(
      {
        canPublish: fc.boolean(),
        canSubscribe: fc.boolean(),
        canPublishData: fc.boolean(),
        canPublishSources: fc.array(fc.constantFrom(...TRACK_SOURCES), { maxLength: 4 }),
      },
      { requiredKeys: [] },
    ),
    name: fc.string(),
    metadata: fc.string(),
    attributes: fc.dictionary(
      fc.oneof(
        fc.string(),
        fc.constantFrom('lkps.session_id', 'LKPS.user_id', 'lk.agent.state', '__proto__'),
      ),
      fc.string(),
    ),
  },
  { requiredKeys: [] },
);

/** Every participant token the policy can ask for. */
export const participantTokenSpecs: fc.Arbitrary<TokenSpec & { readonly grants: ParticipantGrants }> = fc
  .tuple(sessionIntents, tokenTimes, seatWishes)
  .map(([intent, time, wishes]) => participantToken({ ...wishes, ...intent }, time))
  .filter((spec): spec is typeof spec & { readonly grants: ParticipantGrants } => 'room' in spec.grants);

export const tokenSpecs: fc.Arbitrary<TokenSpec> = fc.oneof(agentTokenSpecs, participantTokenSpecs);

/** All that the token of a spec may say. */
export function claimsOf(spec: TokenSpec, signingKeyId: string): Readonly<Record<string, unknown>> {
  const issuedAt = Math.floor(spec.issuedAt.getTime() / 1000);
  return {
    iss: signingKeyId,
    sub: spec.subject,
    jti: spec.tokenId,
    iat: issuedAt,
    nbf: issuedAt,
    exp: Math.floor(spec.expiresAt.getTime() / 1000),
    video: { ...spec.grants },
    ...(Object.keys(spec.attributes).length === 0 ? {} : { attributes: { ...spec.attributes } }),
    ...(spec.name === undefined ? {} : { name: spec.name }),
    ...(spec.metadata === undefined ? {} : { metadata: spec.metadata }),
  };
}

/** The token with some claims replaced and the signature left as it was. */
export function withForgedClaims(jwt: string, forge: (claims: object) => object): string {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const forged = forge(typeof claims === 'object' && claims !== null ? claims : {});
  return [header, Buffer.from(JSON.stringify(forged)).toString('base64url'), signature].join('.');
}
