import { StartError } from './start-error.ts';

/** Why a port could not be had, in words for the operator, who set it by `setting`. */
export function cannotListen(
  { host, port }: { readonly host: string; readonly port: number },
  setting: 'LKPS_PORT' | 'LKPS_GATEWAY_PORT',
  error: unknown,
): StartError {
  const name = error instanceof Error ? error.name : typeof error;
  const why = error instanceof Error && 'code' in error ? String(error.code) : name;
  return new StartError(`cannot listen on ${host}:${port} (LKPS_HOST, ${setting}): ${why}`);
}
