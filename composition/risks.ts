import type { Config } from './config.ts';
import type { Environment } from './setting-values.ts';
import { SETTINGS } from './settings.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** What an operator may have meant, but should hear at every start. */
export function risksOf(config: Config, env: Environment): readonly string[] {
  const { livekitUrl, livekitPublicUrl } = config;
  return [
    ...(config.proxyProof === 'network'
      ? ['LKPS_PROXY_PROOF=network: whoever reaches this port can claim any identity']
      : []),
    ...(config.applicationEvidence === 'headers'
      ? ['LKPS_APPLICATION_EVIDENCE=headers: a request without user headers acts as the application itself']
      : []),
    ...Object.entries({ LKPS_LIVEKIT_URL: livekitUrl, LKPS_LIVEKIT_PUBLIC_URL: livekitPublicUrl })
      .filter(([, url]) => isPlaintext(new URL(url)))
      .map(([name]) => `${name}: tokens travel unencrypted to another host`),
    ...config.corsOrigins
      .filter((origin) => isPlaintext(new URL(origin)))
      .map((origin) => `LKPS_CORS_ORIGINS: ${origin} is a page that anyone on its way can change`),
    ...Object.keys(env)
      .filter((name) => name.startsWith('LKPS_') && !(name in SETTINGS))
      .map((name) => `${name}: is not a setting of the service, and is ignored`),
  ];
}

function isPlaintext({ protocol, hostname }: URL): boolean {
  return (protocol === 'http:' || protocol === 'ws:') && !LOOPBACK.test(hostname);
}
