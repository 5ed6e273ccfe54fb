/**
 * Variables of upstream that would go around the platform: its address, key, name and deployment come from the
 * registration. LIVEKIT_INFERENCE_* and AZURE_* are somebody's own and stay.
 */
export const REMOVED_VARIABLES = [
  'LIVEKIT_URL',
  'LIVEKIT_API_KEY',
  'LIVEKIT_API_SECRET',
  'LIVEKIT_TOKEN',
  'LIVEKIT_WORKER_TOKEN',
  'LIVEKIT_AGENT_NAME',
  'LIVEKIT_AGENT_NAME_OVERRIDE',
  'LIVEKIT_AGENT_DEPLOYMENT',
] as const;

/** Job processes inherit what is left. @returns the names of those that somebody had set */
export function removeLiveKitVariables(env: NodeJS.ProcessEnv): readonly string[] {
  const found = REMOVED_VARIABLES.filter((name) => (env[name] ?? '') !== '');
  for (const name of REMOVED_VARIABLES) Reflect.deleteProperty(env, name);
  return found;
}
