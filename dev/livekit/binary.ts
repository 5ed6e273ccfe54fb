import { homedir } from 'node:os';
import { join } from 'node:path';
import { buildLiveKit, LIVEKIT_VERSION } from './build.ts';
import { findOnPath, isExecutable } from './executable.ts';

export interface LiveKitBinary {
  readonly path: string;
  readonly source: 'LKPS_LIVEKIT_BIN' | 'PATH' | 'cache' | 'built';
}

export interface FindLiveKitOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly working?: (detail: string) => void;
  readonly signal?: AbortSignal;
}

/** The real LiveKit server: the one asked for, the machine's, the cached one, or one built now. Never silently none. */
export async function findLiveKit(options: FindLiveKitOptions = {}): Promise<LiveKitBinary> {
  const env = options.env ?? process.env;
  const asked = env['LKPS_LIVEKIT_BIN'];
  if (asked !== undefined && asked !== '') {
    if (await isExecutable(asked)) return { path: asked, source: 'LKPS_LIVEKIT_BIN' };
    throw new Error(`LKPS_LIVEKIT_BIN=${asked} is not an executable file`);
  }
  const installed = await findOnPath('livekit-server', env['PATH']);
  if (installed !== undefined) return { path: installed, source: 'PATH' };

  const target = cachedBinary(env);
  if (await isExecutable(target)) return { path: target, source: 'cache' };

  const go = await findOnPath('go', env['PATH']);
  if (go === undefined) throw new Error(choices(target, 'Go is not on PATH either, so it cannot be built.'));
  try {
    await buildLiveKit({
      go,
      target,
      env,
      working: options.working ?? (() => undefined),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (cause) {
    options.signal?.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(choices(target, `Building it failed: ${reason}`), { cause });
  }
  return { path: target, source: 'built' };
}

export function cachedBinary(env: Readonly<Record<string, string | undefined>>): string {
  const cache = env['XDG_CACHE_HOME'];
  const home = env['HOME'] ?? homedir();
  const root = cache === undefined || cache === '' ? join(home, '.cache') : cache;
  return join(root, 'lkps', `livekit-server-${LIVEKIT_VERSION}`);
}

function choices(target: string, why: string): string {
  return [
    `The LiveKit server was not found. ${why}`,
    'One of these will do:',
    '  - set LKPS_LIVEKIT_BIN to a livekit-server binary',
    '  - put livekit-server on PATH (https://github.com/livekit/livekit/releases)',
    `  - put a binary at ${target}`,
    '  - install Go 1.26 or newer and start again: it is then built once, in about four minutes',
  ].join('\n');
}
