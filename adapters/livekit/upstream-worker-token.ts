import type { Clock } from '../../core/index.ts';
import { epochSeconds, signJwt } from './sign-jwt.ts';
import type { LiveKitKey } from './signing-keys.ts';

/** Long enough to open one connection; LiveKit never looks at it again. */
const LIFE_SECONDS = 30;

/**
 * What a gateway opens LiveKit's worker endpoint with. Whoever holds it can act as any agent, so it never leaves the
 * process but for LiveKit itself.
 */
export function upstreamWorkerToken(key: LiveKitKey, clock: Clock): Promise<string> {
  const nbf = epochSeconds(clock.now());
  return signJwt(key, { sub: 'lkps-agent-gateway', nbf, exp: nbf + LIFE_SECONDS, video: { agent: true } });
}
