import { BlockedError } from './blocked-error.ts';

interface CloudKeys {
  readonly apiKey?: unknown;
  readonly apiSecret?: unknown;
}

/** @throws BlockedError where neither the caller nor LIVEKIT_INFERENCE_* has a key of a LiveKit Cloud project */
export function requireCloudKeys(name: string, given: CloudKeys = {}): void {
  const key = given.apiKey ?? process.env['LIVEKIT_INFERENCE_API_KEY'];
  const secret = given.apiSecret ?? process.env['LIVEKIT_INFERENCE_API_SECRET'];
  if (!key || !secret) throw new BlockedError('inference', `inference.${name}`);
}

/** The class of upstream's, but that a missing key is said before upstream asks for LIVEKIT_API_KEY. */
export function withCloudKeys<Class extends object>(
  model: Class,
  name: string,
  isCloud: (options: unknown) => boolean = () => true,
): Class {
  return new Proxy(model, {
    construct(target, args: unknown[], made): object {
      const [options] = args;
      if (isCloud(options)) requireCloudKeys(name, typeof options === 'object' ? (options ?? {}) : {});
      const object: unknown = Reflect.construct(asConstructor(target), args, made);
      return Object(object) as object;
    },
  });
}

function asConstructor(value: object): () => unknown {
  if (typeof value !== 'function') throw new TypeError('not a class of @livekit/agents');
  return value as () => unknown;
}
