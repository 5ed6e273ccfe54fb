import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { SettingsError } from './errors.ts';

/**
 * The agent's file is there, and uses the very packages that the SDK does.
 *
 * The SDK reaches into upstream where that is one copy only: a second one would leave the worker with the placeholder key
 * and an unexplained 401, or an agent without its job.
 *
 * @param agent - the agent's file, from where its own imports are resolved
 * @throws SettingsError
 */
export function assertUsableAgent(agent: string): void {
  if (!existsSync(agent)) throw new SettingsError([`there is no agent's file at ${agent}`]);
  const own = createRequire(import.meta.url);
  const upstream = own.resolve('@livekit/agents');
  const problems = [
    ...difference('livekit-server-sdk', own.resolve('livekit-server-sdk'), upstream, '@livekit/agents'),
    ...difference('@livekit/agents', upstream, agent, 'the agent'),
  ];
  if (problems.length > 0) throw new SettingsError(problems);
}

function difference(name: string, ours: string, from: string, whose: string): readonly string[] {
  let theirs: string;
  try {
    theirs = createRequire(from).resolve(name);
  } catch {
    return []; // It does not use the package.
  }
  if (theirs === ours) return [];
  return [`there are two copies of ${name}, of which ${whose} uses another than the SDK: run npm dedupe`];
}
