import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { signJwt } from '../../adapters/livekit/sign-jwt.ts';
import type { LiveKitKey } from '../../dev/stack-environment.ts';
import { withForgedClaims } from './livekit-tokens.ts';

export interface FalseToken {
  readonly name: string;
  /** Undefined: none is sent. */
  readonly token: string | undefined;
  /** Why it is refused, on record. */
  readonly reason: string;
}

interface Genuine {
  /** A worker token as it should be. */
  readonly token: string;
  readonly otherAgent: string;
  readonly agentTokenKey: LiveKitKey;
  readonly livekitKey: LiveKitKey;
  readonly entraToken: string;
}

/** A token that says something else besides, by whoever holds the key. */
export function signedAnew(token: string, { id, secret }: LiveKitKey, changes: object): Promise<string> {
  return signJwt({ id, secret: new TextEncoder().encode(secret) }, { ...decodeJwt(token), ...changes });
}

/** Tokens that are almost a worker's; some are signed with the right key, as nobody outside could. */
export async function falseTokens(genuine: Genuine): Promise<readonly FalseToken[]> {
  const { token, otherAgent, agentTokenKey, livekitKey, entraToken } = genuine;
  const claims = decodeJwt(token);
  const now = Math.floor(Date.now() / 1000);
  const signed = (changes: object, key: LiveKitKey = agentTokenKey): Promise<string> =>
    signedAnew(token, key, { exp: now + 60, ...changes });
  const video = { ...(typeof claims['video'] === 'object' ? claims['video'] : {}) };
  return [
    { name: 'none', token: undefined, reason: 'token_missing' },
    { name: 'no token at all', token: 'x.y.z', reason: 'token_malformed' },
    { name: 'of Entra', token: entraToken, reason: 'signing_key_unknown' },
    { name: 'of LiveKit', token: await signed({}, livekitKey), reason: 'signing_key_unknown' },
    {
      name: 'by the name of the key alone',
      token: await signed({}, { id: agentTokenKey.id, secret: livekitKey.secret }),
      reason: 'signature_wrong',
    },
    {
      name: 'with another name written in',
      token: withForgedClaims(token, (told) => ({ ...told, sub: otherAgent })),
      reason: 'signature_wrong',
    },
    { name: 'without a signature', token: unsigned(token), reason: 'token_malformed' },
    { name: 'expired', token: await signed({ exp: now - 1 }), reason: 'token_expired' },
    { name: 'not valid yet', token: await signed({ nbf: now + 300 }), reason: 'token_not_yet_valid' },
    {
      name: 'that grants more',
      token: await signed({ video: { ...video, roomAdmin: true } }),
      reason: 'not_an_agent_token',
    },
    {
      name: 'of a job',
      token: await signed({ video: { ...video, roomJoin: true, room: 's-1' }, kind: 'agent' }),
      reason: 'not_an_agent_token',
    },
    { name: 'of nobody here', token: await signed({ sub: randomUUID() }), reason: 'never_registered' },
  ];
}

/** https://www.rfc-editor.org/rfc/rfc8725#section-2.1 */
function unsigned(token: string): string {
  const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
  return `${header}.${token.split('.')[1] ?? ''}.x`;
}
