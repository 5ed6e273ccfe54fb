import { SettingsError } from './errors.ts';
import { problemOfUrl, registerUrlOf } from './platform-url.ts';

/** Where the agent registers and as what. Holds no secret. */
export interface Settings {
  readonly registerUrl: string;
  readonly scope: string;
  readonly credential: 'client_secret' | 'default' | 'given';
  readonly startTimeoutMs: number;
  readonly clientAuthorization?: ClientAuthorization;
  /** The region that the platform has to answer with. */
  readonly region?: Region;
  /** Entra's address where it is not the public one. Taken as trusted. */
  readonly authority?: string;
}

export type Region = (typeof REGIONS)[number];
export type PlatformEnvironment = (typeof ENVIRONMENTS)[number];
/** Who may start sessions with this agent, as far as the platform leaves that to the agent. */
export type ClientAuthorization = (typeof CLIENT_AUTHORIZATIONS)[number];

/** What a program says itself; it goes before the environment. */
export interface SettingsOptions {
  /** The platform's address, in place of one derived from region and environment. */
  readonly url?: string;
  readonly region?: Region;
  readonly environment?: PlatformEnvironment;
  /** `<resource>/.default`, in place of the one derived from the environment. */
  readonly scope?: string;
  readonly clientAuthorization?: ClientAuthorization;
  /** How long a start waits for a platform that is not there yet. */
  readonly startTimeoutMs?: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const REGIONS = ['eu', 'us'] as const;
const ENVIRONMENTS = ['np', 'prod'] as const;
const CLIENT_AUTHORIZATIONS = ['required', 'open'] as const;
const SUFFIX = { np: '-np', prod: '' } as const;
const LONGEST_START_S = 3600;
const DEFAULT_START_MS = 120_000;

/** @throws SettingsError that names all problems */
export function readSettings(env: Environment, options: SettingsOptions, hasCredential: boolean): Settings {
  const problems: string[] = [];
  const find = (variable: string, option?: string, optionName = variable): Found => {
    if (option !== undefined) return { name: optionName, text: option };
    const text = env[variable];
    return { name: variable, text: text === '' ? undefined : text };
  };
  const found = {
    url: find('LKPS_URL', options.url, 'url'),
    region: find('LKPS_REGION', options.region, 'region'),
    environment: find('LKPS_ENV', options.environment, 'environment'),
    scope: find('LKPS_SCOPE', options.scope, 'scope'),
    authorization: find('', options.clientAuthorization, 'clientAuthorization'),
  };
  const region = oneOf(REGIONS, found.region, problems);
  const environment = oneOf(ENVIRONMENTS, found.environment, problems);
  if (found.url.text === undefined) sayWhatIsMissing(found, problems);
  else problems.push(...problemOfUrl(found.url.name, found.url.text));
  problems.push(...problemOfScope(found));
  const clientAuthorization = oneOf(CLIENT_AUTHORIZATIONS, found.authorization, problems);
  const credential = hasCredential ? 'given' : credentialOf((name) => find(name).text, problems);
  const startTimeoutMs = startTimeoutOf(options, find('LKPS_START_TIMEOUT_SECONDS'), problems);
  if (problems.length > 0) throw new SettingsError(problems);

  const host = `livekit-platform-service${environment === undefined ? '' : SUFFIX[environment]}.int.bayer.com`;
  const authority = find('AZURE_AUTHORITY_HOST').text;
  return {
    registerUrl: registerUrlOf(found.url.text ?? `https://${region ?? ''}-${host}`),
    scope: found.scope.text ?? `api://${host}/.default`,
    credential,
    startTimeoutMs,
    ...(clientAuthorization === undefined ? {} : { clientAuthorization }),
    ...(region === undefined ? {} : { region }),
    ...(authority === undefined ? {} : { authority }),
  };
}

/** A value, and the name it is set by: the option's or the variable's. */
interface Found {
  readonly name: string;
  readonly text: string | undefined;
}

function oneOf<T extends string>(
  choices: readonly T[],
  { name, text }: Found,
  problems: string[],
): T | undefined {
  const value = choices.find((choice) => choice === text);
  if (text !== undefined && value === undefined) {
    problems.push(`${name} is ${JSON.stringify(text)}, not one of ${choices.join(', ')}`);
  }
  return value;
}

function sayWhatIsMissing(found: Record<'region' | 'environment', Found>, problems: string[]): void {
  const region = `LKPS_REGION (${REGIONS.join(', ')})`;
  const environment = `LKPS_ENV (${ENVIRONMENTS.join(', ')})`;
  const hasRegion = found.region.text !== undefined;
  const hasEnvironment = found.environment.text !== undefined;
  if (!hasRegion && !hasEnvironment)
    problems.push(`neither LKPS_URL nor ${region} with ${environment} is set`);
  else if (!hasRegion) problems.push(`${region} is not set`);
  else if (!hasEnvironment) problems.push(`${environment} is not set`);
}

function problemOfScope({
  scope,
  url,
  environment,
}: Record<'scope' | 'url' | 'environment', Found>): string[] {
  if (scope.text !== undefined) {
    if (/^\S+\/\.default$/.test(scope.text)) return [];
    return [`${scope.name} is ${JSON.stringify(scope.text)}, not of the form <resource>/.default`];
  }
  if (url.text === undefined || environment.text !== undefined) return [];
  return ['LKPS_SCOPE is not set: with LKPS_URL and without LKPS_ENV it cannot be derived'];
}

/** An id without a secret may be a managed or workload identity's; a secret without the ids is nobody's. */
function credentialOf(
  textOf: (variable: string) => string | undefined,
  problems: string[],
): 'client_secret' | 'default' {
  if (textOf('AZURE_CLIENT_SECRET') === undefined) return 'default';
  const missing = ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID'].filter((name) => textOf(name) === undefined);
  if (missing.length > 0) problems.push(`AZURE_CLIENT_SECRET is set, but not ${missing.join(' and ')}`);
  return 'client_secret';
}

function startTimeoutOf(
  { startTimeoutMs }: SettingsOptions,
  { name, text }: Found,
  problems: string[],
): number {
  const longestMs = LONGEST_START_S * 1000;
  if (startTimeoutMs !== undefined) {
    if (!(startTimeoutMs >= 0 && startTimeoutMs <= longestMs)) {
      problems.push(`startTimeoutMs is ${startTimeoutMs}, not a number from 0 to ${longestMs}`);
    }
    return startTimeoutMs;
  }
  if (text === undefined) return DEFAULT_START_MS;
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : Infinity;
  if (seconds > LONGEST_START_S) {
    problems.push(
      `${name} is ${JSON.stringify(text)}, not a whole number of seconds from 0 to ${LONGEST_START_S}`,
    );
  }
  return seconds * 1000;
}
