import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import { AgentDispatchClient } from 'livekit-server-sdk';
import { signJwt } from '../adapters/livekit/sign-jwt.ts';
import { applicationToken, bearer, post, startSession, textOf } from '../dev/platform-client.ts';
import { describeStack } from '../dev/stack-description.ts';
import { startStack, type Stack } from '../dev/stack.ts';
import type { AppName } from '../dev/description.ts';
import { startGatewayBundle, type GatewayProcess } from './gateway-process.ts';
import { connectWorkers, openWorker } from './gateway-workers.ts';
import { median } from './median.ts';
import { processorMs, residentMib } from './process-usage.ts';

const WORKERS = 1000;
const MINUTE_MS = 60_000;
const OFFERS = 60;
const OFFER_MS = 10_000;
const DIRECT = 'bench-direct';

export interface GatewayResult {
  readonly workers: number;
  readonly reports_per_second: number;
  /** Of the gateway's process: the most that was seen, and its share of one core. */
  readonly rss_mib: number;
  readonly cpu_percent: number;
  /** From `CreateDispatch` to the offer at the worker, medians of as many, by turns. */
  readonly offer_direct_ms: number;
  readonly offer_gateway_ms: number;
  readonly offer_difference_ms: number;
}

/** One gateway process with a thousand workers on it; and what it adds to the way of an offer, with all of them there. */
export async function benchGateway(): Promise<GatewayResult> {
  const limits = { LKPS_RATE_LIMIT_CALLER: 'off', LKPS_RATE_LIMIT_CLIENT: 'off' };
  const stack = await startStack({ agent: false, env: limits });
  try {
    const gateway = await startGatewayBundle(stack.lkpsEnv, WORKERS);
    try {
      return await measure(stack, gateway);
    } finally {
      await gateway.child.stop();
    }
  } finally {
    await stack.stop();
  }
}

async function measure(stack: Stack, { child, url: gatewayUrl }: GatewayProcess): Promise<GatewayResult> {
  const { apps } = describeStack(stack);
  const { pid } = child;
  const own = await agentToken(stack, 'agent-a');
  const tokens = await Promise.all(Array.from({ length: WORKERS }, () => another(stack, own)));
  const workers = await connectWorkers(gatewayUrl, apps['agent-a'].client_id, tokens);
  try {
    const offers = await measureOffers(stack, gatewayUrl);
    const [before, sent, startedAt] = [processorMs(pid), workers.reports(), performance.now()];
    let most = 0;
    while (performance.now() - startedAt < MINUTE_MS) {
      await delay(1000);
      most = Math.max(most, residentMib(pid));
    }
    const tookMs = performance.now() - startedAt;
    if (workers.lost() > 0) {
      throw new Error(`${workers.lost()} of the connections were lost`);
    }
    return {
      workers: WORKERS,
      reports_per_second: Math.round((1000 * (workers.reports() - sent)) / tookMs),
      rss_mib: Math.round(most),
      cpu_percent: Number(((100 * (processorMs(pid) - before)) / tookMs).toFixed(1)),
      ...offers,
    };
  } finally {
    workers.close();
  }
}

type Offers = Pick<GatewayResult, 'offer_direct_ms' | 'offer_gateway_ms' | 'offer_difference_ms'>;

/** In one room, by turns for a worker behind the gateway and one that is connected to LiveKit. */
async function measureOffers(stack: Stack, gatewayUrl: string): Promise<Offers> {
  const description = describeStack(stack);
  const { url, key, secret } = description.livekit_api;
  const agentName = description.apps['agent-b'].client_id;
  const offeredAt = new Map<string, number>();
  const onOffer = (dispatchId: string): void => {
    offeredAt.set(dispatchId, performance.now());
  };
  const livekitKey = { id: key, secret: new TextEncoder().encode(secret) };
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const direct = await signJwt(livekitKey, { exp, sub: DIRECT, video: { agent: true } });
  const sockets = await Promise.all([
    openWorker(gatewayUrl, agentName, await agentToken(stack, 'agent-b'), onOffer),
    openWorker(description.livekit_url, DIRECT, direct, onOffer),
  ]);
  await delay(500); // until the gateway has announced it
  const client = await applicationToken(description, description.apps['client-b']);
  const { room } = await startSession(description, client, agentName);
  const dispatches = new AgentDispatchClient(url, key, secret);
  const timeOfOffer = async (name: string): Promise<number> => {
    const from = performance.now();
    const { id } = await dispatches.createDispatch(room, name);
    while (!offeredAt.has(id)) {
      if (performance.now() - from > OFFER_MS) throw new Error(`${name} was offered nothing`);
      await delay(5);
    }
    await dispatches.deleteDispatch(id, room);
    return (offeredAt.get(id) ?? Number.NaN) - from;
  };
  const [through, past]: [number[], number[]] = [[], []];
  for (let round = 0; round < OFFERS; round += 1) {
    through.push(await timeOfOffer(agentName));
    past.push(await timeOfOffer(DIRECT));
  }
  for (const socket of sockets) {
    socket.terminate();
  }
  const rounded = (ms: number): number => Number(ms.toFixed(1));
  return {
    offer_direct_ms: rounded(median(past)),
    offer_gateway_ms: rounded(median(through)),
    offer_difference_ms: rounded(median(through) - median(past)),
  };
}

async function agentToken(stack: Stack, app: AppName): Promise<string> {
  const description = describeStack(stack);
  const entraToken = await applicationToken(description, description.apps[app]);
  const { body } = await post(`${description.ocelot_url}/api/agent/register`, {}, bearer(entraToken));
  return textOf(body, 'token');
}

/** As another registration would answer: a token serves one connection. */
function another({ agentTokenKey }: Stack, token: string): Promise<string> {
  const key = { id: agentTokenKey.id, secret: new TextEncoder().encode(agentTokenKey.secret) };
  const { exp = 0, ...claims } = decodeJwt(token);
  return signJwt(key, { ...claims, exp, jti: randomUUID() });
}
