import fc from 'fast-check';
import {
  agentNameOf,
  agentToken,
  parseTokenId,
  parseTokenTtlSeconds,
  participantToken,
  type Grants,
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

/** Every participant token the policy can ask for, and those that were cut down further. */
export const participantTokenSpecs: fc.Arbitrary<TokenSpec & { readonly grants: ParticipantGrants }> = fc
  .tuple(
    sessionIntents,
    tokenTimes,
    fc.record({ canPublish: fc.boolean(), canSubscribe: fc.boolean(), canPublishData: fc.boolean() }),
  )
  .map(([intent, time, permissions]) => {
    const { room } = intent;
    const grants = { roomJoin: true as const, room, ...permissions, canUpdateOwnMetadata: false as const };
    return { ...participantToken(intent, time), grants };
  });

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
  };
}

/** The token with some claims replaced and the signature left as it was. */
export function withForgedClaims(jwt: string, forge: (claims: object) => object): string {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const forged = forge(typeof claims === 'object' && claims !== null ? claims : {});
  return [header, Buffer.from(JSON.stringify(forged)).toString('base64url'), signature].join('.');
}
