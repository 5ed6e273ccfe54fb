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

/** Of `nbf` and `iat`: whoever issued the token may be that far ahead. Nothing outlives its `exp`. */
const AHEAD_TOLERANCE_SECONDS = 30;
/** The platform issues none that lives longer. */
const MAX_LIFE_SECONDS = 3_600;
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
        clockTolerance: AHEAD_TOLERANCE_SECONDS,
      });
      return this.#read(payload, keyId);
    } catch (error) {
      return { outcome: 'rejected', reason: reasonOf(error) };
    }
  }

  /** The library's tolerance is for `exp` too. */
  #read(payload: JWTPayload, signingKeyId: string): AgentTokenVerification {
    const { exp = 0, iat = 0 } = payload;
    const now = epochSeconds(this.#clock.now());
    if (exp <= now) {
      return { outcome: 'rejected', reason: 'token_expired' };
    }
    if (iat > now + AHEAD_TOLERANCE_SECONDS) {
      return { outcome: 'rejected', reason: 'token_not_yet_valid' };
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
    const [issuedAt, expiresAt] = [parseSeconds(iat), parseSeconds(exp)];
    if (expiresAt <= issuedAt || expiresAt - issuedAt > MAX_LIFE_SECONDS) {
      return undefined;
    }
    return {
      agent: parseAgentName(sub ?? ''),
      tokenId: parseTokenId(jti ?? ''),
      issuedAt: new Date(issuedAt * 1000),
      expiresAt: new Date(expiresAt * 1000),
      signingKeyId,
    };
  } catch {
    return undefined;
  }
}

function parseSeconds(seconds: number | undefined): number {
  if (seconds === undefined || !Number.isSafeInteger(seconds)) {
    throw new RangeError('not whole seconds');
  }
  return seconds;
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
