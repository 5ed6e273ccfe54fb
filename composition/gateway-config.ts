import type { Environment, Name, Values } from './setting-values.ts';

/** Where an agent's worker connects, and what answers there. */
export type AgentGatewayConfig =
  | {
      readonly mode: 'embedded';
      readonly publicUrl: string;
      readonly listener: GatewayListenerConfig;
    }
  | { readonly mode: 'separate'; readonly publicUrl: string }
  | { readonly mode: 'off' };

export interface GatewayListenerConfig {
  readonly host: string;
  readonly port: number;
  /** Connections of one agent. */
  readonly maxAgentWorkers: number;
  readonly trustedHops: number;
}

/** Undefined where a setting is missing that {@link gatewayContradictions} names. */
export function agentGatewayConfig(values: Values<Name>): AgentGatewayConfig | undefined {
  const { LKPS_AGENT_GATEWAY: mode, LKPS_GATEWAY_PUBLIC_URL: publicUrl } = values;
  if (mode === 'off') {
    return { mode };
  }
  if (publicUrl === undefined || values.LKPS_AGENT_TOKEN_KEYS === undefined) {
    return undefined;
  }
  return mode === 'separate' ? { mode, publicUrl } : { mode, publicUrl, listener: listenerConfig(values) };
}

export function listenerConfig(
  values: Values<'LKPS_HOST' | (typeof OF_LISTENER)[number]>,
): GatewayListenerConfig {
  return {
    host: values.LKPS_HOST,
    port: values.LKPS_GATEWAY_PORT,
    maxAgentWorkers: values.LKPS_MAX_AGENT_WORKERS,
    trustedHops: values.LKPS_GATEWAY_TRUSTED_HOPS,
  };
}

const OF_TOKENS = ['LKPS_AGENT_TOKEN_KEYS', 'LKPS_GATEWAY_PUBLIC_URL'] as const;
const OF_LISTENER = ['LKPS_GATEWAY_PORT', 'LKPS_GATEWAY_TRUSTED_HOPS', 'LKPS_MAX_AGENT_WORKERS'] as const;

/** What the chosen gateway lacks, and what is never read with it. */
export function gatewayContradictions(values: Partial<Values<Name>>, env: Environment): readonly string[] {
  const unread = (names: readonly string[], why: string): readonly string[] =>
    names.filter((name) => env[name] !== undefined).map((name) => `${name}: is never read with ${why}`);
  const { LKPS_AGENT_GATEWAY: mode, LKPS_GATEWAY_PORT: port } = values;
  if (mode === undefined) {
    return []; // not one of them, and named already
  }
  if (mode === 'off') {
    return unread([...OF_TOKENS, ...OF_LISTENER], 'LKPS_AGENT_GATEWAY=off');
  }
  if (mode === 'separate') {
    return [
      ...missing(env),
      ...unread(OF_LISTENER, 'LKPS_AGENT_GATEWAY=separate; let `lkps gateway` have it'),
    ];
  }
  const isPortOfService = port !== undefined && port === values.LKPS_PORT;
  return [
    ...missing(env),
    ...(isPortOfService ? ['LKPS_GATEWAY_PORT: is LKPS_PORT too; the gateway needs one of its own'] : []),
  ];
}

function missing(env: Environment): readonly string[] {
  return OF_TOKENS.filter((name) => env[name] === undefined).map(
    (name) =>
      `${name}: is required, or LKPS_AGENT_GATEWAY=off must say that agents connect to LiveKit itself`,
  );
}
