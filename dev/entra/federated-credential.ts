import { decodeJwt, errors, jwtVerify, type CryptoKey, type JWTPayload } from 'jose';
import { refuse } from './entra-error.ts';

/** Whom an app registration takes another issuer's word for. */
export interface FederatedCredential {
  readonly issuer: string;
  readonly subject: string;
  /** In place of the issuer's published keys. */
  readonly key: CryptoKey;
}

const AUDIENCE = 'api://AzureADTokenExchange';

/** Throws `EntraError` unless the assertion is one of the credentials' issuers', about their subject, for Entra, and now. */
export async function checkAssertion(
  assertion: string,
  credentials: readonly FederatedCredential[],
  now: Date,
): Promise<void> {
  const { iss = '', sub = '', aud } = claimsOf(assertion);
  const ofIssuer = credentials.filter(({ issuer }) => issuer === iss);
  if (ofIssuer.length === 0) throw refuse.unknownAssertion('issuer', iss);
  const found = ofIssuer.find(({ subject }) => subject === sub);
  if (found === undefined) throw refuse.unknownAssertion('subject', sub);
  if (aud !== AUDIENCE) throw refuse.unknownAssertion('audience', String(aud));
  try {
    await jwtVerify(assertion, found.key, {
      algorithms: ['RS256'],
      currentDate: now,
      requiredClaims: ['exp'],
    });
  } catch (error) {
    const isTime = error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed;
    throw isTime ? refuse.untimelyAssertion() : refuse.forgedAssertion();
  }
}

function claimsOf(assertion: string): JWTPayload {
  try {
    return decodeJwt(assertion);
  } catch {
    throw refuse.malformedAssertion();
  }
}
