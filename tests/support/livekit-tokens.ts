import fc from 'fast-check';
import {
  agentNameOf,
  agentToken,
  jobToken,
  parseJobId,
  parseTokenId,
  parseTokenTtlSeconds,
  participantToken,
  TRACK_SOURCES,
  type Grants,
  type JobGrants,
  type SeatWishes,
  type TokenSpec,
} from '../../core/index.ts';
import { clientIds, instants, sessionIntents } from './arbitraries.ts';

type ParticipantGrants = Extract<Grants, { readonly canUpdateOwnMetadata: false }>;

const tokenTimes = fc.record({
  tokenId: fc.uuid().map(parseTokenId),
  issuedAt: instants,
  ttlMs: fc.integer({ min: 1, max: 3600 }).map(parseTokenTtlSeconds),
});

/** Every agent token the policy can ask for. */
export const agentTokenSpecs: fc.Arbitrary<TokenSpec> = fc
  .tuple(clientIds.map(agentNameOf), tokenTimes)
  .map(([agent, time]) => agentToken(agent, time));

const seatWishAttributes = fc.dictionary(
  fc.oneof(fc.string(), fc.constantFrom('lkps.session_id', 'LKPS.user_id', 'lk.agent.state', '__proto__')),
  fc.string(),
);

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
    attributes: seatWishAttributes,
  },
  { requiredKeys: [] },
);

/** Every participant token the policy can ask for. */
export const participantTokenSpecs: fc.Arbitrary<TokenSpec & { readonly grants: ParticipantGrants }> = fc
  .tuple(sessionIntents, tokenTimes, seatWishes)
  .map(([intent, time, wishes]) => participantToken({ ...wishes, ...intent }, time))
  .filter((spec): spec is typeof spec & { readonly grants: ParticipantGrants } => 'room' in spec.grants);

/** Every job token the policy can ask for. */
export const jobTokenSpecs: fc.Arbitrary<TokenSpec & { readonly grants: JobGrants }> = fc
  .tuple(
    sessionIntents,
    tokenTimes,
    fc.stringMatching(/^AJ_[A-Za-z0-9]{1,16}$/).map(parseJobId),
    fc.record({ name: fc.string(), metadata: fc.string(), attributes: seatWishAttributes }),
    fc.record(
      {
        canPublish: fc.boolean(),
        canSubscribe: fc.boolean(),
        canPublishData: fc.boolean(),
        canUpdateMetadata: fc.boolean(),
        canPublishSources: fc.array(fc.constantFrom(...TRACK_SOURCES), { maxLength: 4 }),
      },
      { requiredKeys: ['canPublish', 'canSubscribe', 'canPublishData', 'canUpdateMetadata'] },
    ),
  )
  .map(([{ room, agent }, time, jobId, seat, permissions]) =>
    jobToken({ jobId, room, agent, seat, permissions }, time),
  )
  .filter((spec): spec is typeof spec & { readonly grants: JobGrants } => 'room' in spec.grants);

export const tokenSpecs: fc.Arbitrary<TokenSpec> = fc.oneof(
  agentTokenSpecs,
  participantTokenSpecs,
  jobTokenSpecs,
);

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
    ...(spec.kind === undefined ? {} : { kind: spec.kind }),
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
