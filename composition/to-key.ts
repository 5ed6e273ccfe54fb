import type { LiveKitKey } from '../adapters/livekit/index.ts';
import type { NamedSecret } from './secret-values.ts';

export function toKey({ id, secret }: NamedSecret): LiveKitKey {
  return { id, secret: secret.revealBytes() };
}
