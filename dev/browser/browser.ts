import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser as Connection, type BrowserContext } from 'playwright-core';
import { startChild, type Child, type ChildOptions } from '../process/child.ts';
import { createTemporaryDirectory, removeDirectory } from '../process/temporary-directory.ts';
import { findChromium, type FindChromiumOptions } from './chromium.ts';
import { toneFile } from './tone-file.ts';

const WITH_PROFILE = fileURLToPath(new URL('./with-profile.ts', import.meta.url));
const READY_MS = 60_000;
const CONNECT_MS = 30_000;

export interface BrowserOptions extends FindChromiumOptions {
  /** What the microphone of every page hears, in hertz. */
  readonly microphoneHz: number;
  readonly log?: ChildOptions['log'];
}

/** A real Chromium without a window, its microphone a steady tone. It cannot outlive this process, nor can its files. */
export interface Browser {
  readonly child: Child;
  /** Its profile and everything else it writes. */
  readonly directory: string;
  /** As a fresh private window: no cookie, cache or storage of another. */
  readonly newContext: () => Promise<BrowserContext>;
  readonly stop: () => Promise<void>;
}

export async function startBrowser(options: BrowserOptions): Promise<Browser> {
  const { path } = await findChromium(options);
  const directory = await createTemporaryDirectory('lkps-browser-');
  try {
    const microphone = join(directory, 'microphone.wav');
    await writeFile(microphone, toneFile(options.microphoneHz));
    const child = await startChild({
      name: 'chromium',
      command: process.execPath,
      args: [WITH_PROFILE, directory, path, ...flags(microphone)],
      ...(options.log === undefined ? {} : { log: options.log }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    return await connect(child, directory);
  } catch (error) {
    removeDirectory(directory);
    throw error;
  }
}

async function connect(child: Child, directory: string): Promise<Browser> {
  try {
    const portFile = join(directory, 'profile', 'DevToolsActivePort');
    let endpoint = '';
    await child.waitUntilReady(async () => {
      const [port, path] = (await readFile(portFile, 'utf8')).split('\n');
      endpoint = `ws://127.0.0.1:${port ?? ''}${path ?? ''}`;
      return path !== undefined && path !== '';
    }, READY_MS);
    const connection = await chromium.connectOverCDP(endpoint, { timeout: CONNECT_MS });
    return {
      child,
      directory,
      newContext: () => connection.newContext({ permissions: ['microphone'] }),
      stop: () => stop(connection, child, directory),
    };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

async function stop(connection: Connection, child: Child, directory: string): Promise<void> {
  await connection.close().catch(() => undefined);
  await child.stop();
  removeDirectory(directory);
}

function flags(microphone: string): readonly string[] {
  return [
    '--headless',
    '--remote-debugging-port=0',
    // Root has no sandbox; the only pages are the stack's own.
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-breakpad',
    '--disable-crash-reporter',
    // It talks to the stack and to nobody else.
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    '--no-default-browser-check',
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-audio-capture=${microphone}`,
    '--autoplay-policy=no-user-gesture-required',
  ];
}
