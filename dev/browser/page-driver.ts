import type { Browser } from './browser.ts';
import type { PageCalls } from './page-calls.ts';
import { watchTraffic, type Traffic } from './traffic.ts';

const OPEN_MS = 30_000;

/** A page in a browser window of its own. */
export interface OpenPage {
  /** What the page did, asked by name. */
  readonly call: <Name extends keyof PageCalls>(
    name: Name,
    ...args: Parameters<PageCalls[Name]>
  ) => ReturnType<PageCalls[Name]>;
  /** Runs a script in the page. */
  readonly evaluate: (script: string) => Promise<unknown>;
  /** Every request of the page so far, preflights among them, as they went over the wire. */
  readonly traffic: () => readonly Traffic[];
  readonly close: () => Promise<void>;
}

export async function openPage(browser: Browser, origin: string): Promise<OpenPage> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const traffic = await watchTraffic(await context.newCDPSession(page));
  await page.goto(origin, { waitUntil: 'load', timeout: OPEN_MS });
  return {
    call: (name, ...args) =>
      page.evaluate(`lkps[${JSON.stringify(name)}](${JSON.stringify(args[0])})`) as ReturnType<
        PageCalls[typeof name]
      >,
    evaluate: (script) => page.evaluate(script),
    traffic,
    close: () => context.close(),
  };
}
