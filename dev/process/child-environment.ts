/** What any program needs to find its files, start soon and speak its user's language; nothing that configures the service. */
const INHERITED = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'XDG_CACHE_HOME',
  'NODE_COMPILE_CACHE',
  'SystemRoot',
] as const;

/**
 * The whole environment of a child: an allow-list of the shell's plus what is given. A `LIVEKIT_API_SECRET`, `LKPS_*` or
 * `PG*` of the developer's shell must not change what the stack does.
 */
export function childEnvironment(given: Readonly<Record<string, string>> = {}): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of INHERITED) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return { ...environment, ...given };
}
