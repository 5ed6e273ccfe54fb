import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LkpsOptions, ServedLkps } from '../lkps.ts';
import { createTemporaryDirectory, removeDirectory } from '../process/temporary-directory.ts';
import { startGateway, type Gateway, type GatewayKind } from './gateway.ts';

const BUNDLE = fileURLToPath(new URL('../../dist/lambda/index.mjs', import.meta.url));

/** Lambda gives it 10 s of a machine of its own; this one does much else. Below what the gateways wait. */
const INIT_TIMEOUT_MS = 25_000;

export interface LkpsOnLambdaOptions extends LkpsOptions {
  readonly kind: GatewayKind;
  /** The file that is deployed; default the one of this checkout. */
  readonly bundle?: string;
  readonly maxEnvironments?: number;
}

/** The service behind an API gateway. Its processes come and go with the requests, the first with the first. */
export interface LkpsOnLambda extends ServedLkps {
  readonly child: undefined;
  readonly gateway: Gateway;
}

/**
 * Builds nothing, and starts no function yet: as on Lambda, what is wrong with the environment shows with the first
 * request.
 */
export async function startLkpsOnLambda(options: LkpsOnLambdaOptions): Promise<LkpsOnLambda> {
  const taskRoot = await unpack(options.bundle ?? BUNDLE);
  const remove = (): void => {
    removeDirectory(taskRoot);
  };
  try {
    options.signal?.throwIfAborted();
    const gateway = await startGateway({
      kind: options.kind,
      ...(options.port === undefined ? {} : { port: options.port }),
      function: {
        taskRoot,
        env: options.env,
        initTimeoutMs: INIT_TIMEOUT_MS,
        ...(options.log === undefined ? {} : { log: options.log }),
        ...(options.maxEnvironments === undefined ? {} : { maxEnvironments: options.maxEnvironments }),
      },
    });
    const stop = (): Promise<void> => gateway.stop().finally(remove);
    return { url: gateway.url, port: gateway.port, child: undefined, gateway, stop };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Alone in a directory, as Lambda unpacks it: no `node_modules` of the checkout lends a hand. */
async function unpack(bundle: string): Promise<string> {
  const directory = await createTemporaryDirectory('lkps-lambda-');
  try {
    await copyFile(bundle, join(directory, 'index.mjs'));
    return directory;
  } catch (cause) {
    removeDirectory(directory);
    throw new Error(`there is no function to run at ${bundle}: build it with \`npm run build:lambda\``, {
      cause,
    });
  }
}
