import * as z from 'zod';
import { keyList } from './secret-values.ts';
import { bareUrl } from './url-values.ts';
import { wholeNumber } from './whole-number.ts';

/** What stands between agents and LiveKit; a part of {@link SETTINGS}. */
export const GATEWAY_SETTINGS = {
  LKPS_AGENT_GATEWAY: {
    schema: z.enum(['embedded', 'separate', 'off'], 'must be embedded, separate or off'),
    default: 'embedded',
    description:
      'Where the agent gateway runs: in `lkps serve`, or as `lkps gateway`; `off`: agents connect to LiveKit itself.',
  },
  LKPS_AGENT_TOKEN_KEYS: {
    schema: keyList,
    optional: true,
    description:
      'Keys of agent tokens, `id:secret,..`, none of them known to LiveKit; the first one signs. Required unless `off`. Secret.',
    secret: true,
  },
  LKPS_GATEWAY_PUBLIC_URL: {
    schema: bareUrl('ws', 'wss').refine(
      (value) => !/\/agent\/*$/.test(value),
      'must be without /agent, which workers append',
    ),
    optional: true,
    description: 'Where agents reach the gateway (`ws://`, `wss://`). Required unless `off`.',
  },
  LKPS_GATEWAY_PORT: {
    schema: wholeNumber(1, 65_535),
    default: '8081',
    description: 'Port of the gateway. Read with `embedded`, and by `lkps gateway`.',
  },
  LKPS_GATEWAY_TRUSTED_HOPS: {
    schema: wholeNumber(0, 16),
    default: '0',
    description:
      'Proxies in front of the gateway that append to `X-Forwarded-For`; workers do not come through Ocelot. Read where the port is.',
  },
  LKPS_MAX_AGENT_WORKERS: {
    schema: wholeNumber(1, 10_000),
    default: '100',
    description: 'Connections of one agent that a gateway serves at once; read where the port is.',
  },
} as const;
