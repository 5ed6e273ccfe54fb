import type { voice } from '@livekit/agents';
import { BlockedError } from './blocked-error.ts';
import { before } from './blocked-method.ts';

type AvatarSession = typeof voice.AvatarSession;

/**
 * Avatars of all plugins, by whatever name they are imported: one that looks for LIVEKIT_API_KEY starts only with key
 * and secret as arguments.
 *
 * A plugin's class is first seen when it is constructed: the base class calls the constructor of its own prototype.
 */
export function guardAvatars(base: AvatarSession): void {
  const seen = new WeakSet<object>([base]);
  const parent: unknown = Object.getPrototypeOf(base);
  if (typeof parent !== 'function') return;
  Object.setPrototypeOf(
    base,
    new Proxy(parent, {
      construct(target, args, avatar): object {
        if (!seen.has(avatar)) {
          seen.add(avatar);
          guard(avatar);
        }
        const made: unknown = Reflect.construct(target, args, avatar);
        return Object(made) as object;
      },
    }),
  );
}

function guard(avatar: { readonly prototype: unknown; readonly name: string }): void {
  const { prototype } = avatar;
  if (typeof prototype !== 'object' || prototype === null || !Object.hasOwn(prototype, 'start')) return;
  const start: unknown = Reflect.get(prototype, 'start');
  if (!String(start).includes('LIVEKIT_API_KEY')) return;
  before(prototype, 'start', (_, [, , options]) => {
    if (!isGiven(options, 'livekitApiKey') || !isGiven(options, 'livekitApiSecret')) {
      throw new BlockedError('livekit_key', `${avatar.name}.start()`);
    }
  });
}

function isGiven(options: unknown, name: string): boolean {
  return typeof options === 'object' && options !== null && Boolean(Reflect.get(options, name));
}
