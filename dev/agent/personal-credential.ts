import type { WorkerOptions } from '../../sdk/typescript/src/index.ts';

const VARIABLE = 'LKPS_ACCESS_TOKEN';

/**
 * Of somebody who signed in: the access token as `az account get-access-token` prints it. It lasts as long as it lasts.
 *
 * Taken out of the environment, which job processes inherit.
 */
export function takePersonalCredential(env: NodeJS.ProcessEnv): Pick<WorkerOptions, 'credential'> {
  const token = env[VARIABLE];
  if (token === undefined) return {};
  Reflect.deleteProperty(env, VARIABLE);
  return { credential: { getToken: () => Promise.resolve({ token, expiresOnTimestamp: Infinity }) } };
}
