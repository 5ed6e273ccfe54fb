import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import type { HttpCredential, HttpRequest } from '../../adapters/http/index.ts';
import { OcelotIdentitySource, PROOF_HEADER } from '../../adapters/identity-ocelot/index.ts';
import { LiveKitTokenIssuer, LiveKitWebhookVerifier } from '../../adapters/livekit/index.ts';
import type { Clock, IdentitySource, Principal } from '../../core/index.ts';
import { servicePrincipalOf } from './platform-cast.ts';
import { platformOverMemory, type Platform, type PlatformOptions } from './platform-over-memory.ts';
import { webhookRequest } from './platform-requests.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export const PROOF = 'the-proof-that-only-ocelot-can-give';
const SIGNING_KEY = { id: 'APIsign', secret: bytes('a-signing-secret-of-32-bytes-at-least') };
const WEBHOOK_KEY = { id: 'APIhook', secret: bytes('a-webhook-secret-of-32-bytes-at-least') };

interface EdgeOptions extends Omit<PlatformOptions, 'replace'> {
  /** Whoever is identified lacks the role that is asked for. */
  readonly roleless?: true | undefined;
}

/** The platform as Ocelot and LiveKit meet it: real headers in, real tokens out, real webhooks; stores in memory. */
export function platformAtTheEdge({ roleless, ...options }: EdgeOptions = {}): Platform {
  return platformOverMemory({
    ...options,
    replace: ({ clock, directory }) => ({
      identity: withoutRole(
        new OcelotIdentitySource({ proof: { secrets: [bytes(PROOF)] }, evidence: 'directory', directory }),
        roleless,
      ),
      tokens: new LiveKitTokenIssuer(SIGNING_KEY),
      webhooks: new LiveKitWebhookVerifier({ keys: [WEBHOOK_KEY], clock }),
    }),
  });
}

function withoutRole(
  source: IdentitySource<HttpCredential>,
  roleless: true | undefined,
): IdentitySource<HttpCredential> {
  return {
    identify: async (credential) => {
      const found = await source.identify(credential);
      return roleless === true && found.outcome === 'identified'
        ? { ...found, outcome: 'role_missing' }
        : found;
    },
  };
}

/** The headers Ocelot injects for a caller. */
export function throughOcelot(caller: Principal): Readonly<Record<string, string>> {
  const userId = caller.kind === 'application' ? servicePrincipalOf(caller.clientId) : caller.userId;
  return {
    [PROOF_HEADER]: PROOF,
    'client-id': caller.clientId,
    ...(userId === undefined ? {} : { 'user-id': userId }),
    ...(caller.kind === 'user' && caller.email !== undefined ? { 'x-bayer-user': caller.email } : {}),
  };
}

/** A request of LiveKit's: whatever the body, its signature is right. */
export async function signedByLiveKit(body: Uint8Array, clock: Clock): Promise<HttpRequest> {
  const signature = await new SignJWT({ sha256: createHash('sha256').update(body).digest('base64') })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(WEBHOOK_KEY.id)
    .setExpirationTime(Math.floor(clock.now().getTime() / 1000) + 300)
    .sign(WEBHOOK_KEY.secret);
  return webhookRequest({ body, signature });
}
