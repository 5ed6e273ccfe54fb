import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose';
import {
  AGENT_GRANTS,
  parseAgentName,
  parseTokenId,
  type AgentTokenVerification,
  type AgentTokenVerifier,
  type Clock,
  type WorkerPass,
} from '../../core/index.ts';
import { epochSeconds } from './sign-jwt.ts';
import type { LiveKitKey } from './signing-keys.ts';

/** `nbf` alone: whoever issued the token may be that far ahead. Nothing outlives its `exp`. */
const NOT_BEFORE_TOLERANCE_SECONDS = 30;
const CLAIMS = ['exp', 'iat', 'iss', 'jti', 'nbf', 'sub', 'video'];

export interface LiveKitAgentTokenVerifierOptions {
  /** Those that agent tokens alone are signed with; LiveKit holds none of them. `iss` says which one signed. */
  readonly keys: readonly LiveKitKey[];
  readonly clock: Clock;
}

/** {@link AgentTokenVerifier} for what `LiveKitTokenIssuer` makes of `agentToken`. */
export class LiveKitAgentTokenVerifier implements AgentTokenVerifier {
  readonly #keys: ReadonlyMap<string, Uint8Array>;
  readonly #clock: Clock;

  constructor({ keys, clock }: LiveKitAgentTokenVerifierOptions) {
    this.#keys = new Map(keys.map((key) => [key.id, key.secret]));
    this.#clock = clock;
  }

  async verify(token: string): Promise<AgentTokenVerification> {
    try {
      const keyId = decodeJwt(token).iss ?? ''; // unverified: it only picks the key that must have signed
      const secret = this.#keys.get(keyId);
      if (secret === undefined) {
        return { outcome: 'rejected', reason: 'signing_key_unknown' };
      }
      const { payload } = await jwtVerify(token, secret, {
        algorithms: ['HS256'],
        currentDate: this.#clock.now(),
        clockTolerance: NOT_BEFORE_TOLERANCE_SECONDS,
      });
      return this.#read(payload, keyId);
    } catch (error) {
      return { outcome: 'rejected', reason: reasonOf(error) };
    }
  }

  /** The library's tolerance is for `exp` too. */
  #read(payload: JWTPayload, signingKeyId: string): AgentTokenVerification {
    const { exp = 0 } = payload;
    if (exp <= epochSeconds(this.#clock.now())) {
      return { outcome: 'rejected', reason: 'token_expired' };
    }
    const pass = isAgentToken(payload) ? parsePass(payload, signingKeyId) : undefined;
    return pass === undefined
      ? { outcome: 'rejected', reason: 'not_an_agent_token' }
      : { outcome: 'verified', pass };
  }
}

/** Everything that `agentToken` says and nothing else. */
function isAgentToken(payload: JWTPayload): boolean {
  const { video } = payload;
  const granted = Object.entries(AGENT_GRANTS);
  return (
    Object.keys(payload).length === CLAIMS.length &&
    CLAIMS.every((claim) => claim in payload) &&
    typeof video === 'object' &&
    video !== null &&
    Object.keys(video).length === granted.length &&
    granted.every(([grant, value]) => Reflect.get(video, grant) === value)
  );
}

/** Undefined where a claim is not what the platform puts there. */
function parsePass({ sub, jti, iat, exp }: JWTPayload, signingKeyId: string): WorkerPass | undefined {
  try {
    return {
      agent: parseAgentName(sub ?? ''),
      tokenId: parseTokenId(jti ?? ''),
      issuedAt: parseInstant(iat),
      expiresAt: parseInstant(exp),
      signingKeyId,
    };
  } catch {
    return undefined;
  }
}

function parseInstant(seconds: number | undefined): Date {
  if (seconds === undefined || !Number.isInteger(seconds)) {
    throw new RangeError('not whole seconds');
  }
  return new Date(seconds * 1000);
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) {
    return 'token_expired';
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.claim === 'nbf' ? 'token_not_yet_valid' : 'not_an_agent_token';
  }
  return error instanceof errors.JWSSignatureVerificationFailed ? 'signature_wrong' : 'token_malformed';
}
