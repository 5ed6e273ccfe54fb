import { describe, expect, it } from 'vitest';
import type { LiveKitEvent, RequestContext } from '../../core/index.ts';
import { ada, CONTEXT } from '../support/platform-cast.ts';
import { platformOverMemory, type Platform } from '../support/platform-over-memory.ts';

const refusalRows = { requests: 3, windowMs: 60_000 };
const ELSEWHERE: RequestContext = { ...CONTEXT, sourceIp: '192.0.2.8' };
const NOWHERE: RequestContext = { requestId: CONTEXT.requestId };
const nobody = { headers: new Map<string, readonly string[]>() };

async function refuse(
  { service }: Platform,
  times: number,
  context = CONTEXT,
  refusal: 'session.denied' | 'agent.registration_denied' = 'session.denied',
): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    const asked = service.authenticateCaller.execute({ credential: nobody, refusal, context });
    await expect(asked).rejects.toMatchObject({ code: 'unauthenticated' });
  }
}

async function refuseWebhook({ service, webhooks }: Platform, times: number): Promise<void> {
  const event: LiveKitEvent = { eventId: 'EV_1', event: 'room_started' };
  const { body } = webhooks.sign(event);
  for (let count = 0; count < times; count += 1) {
    const asked = service.handleWebhook.execute({ webhook: { body, signature: 'no' }, context: CONTEXT });
    await expect(asked).rejects.toMatchObject({ code: 'unauthenticated' });
  }
}

describe('refusals of those who proved nothing', () => {
  it('are on record up to the limit of their address; then one row says that more are left out', async () => {
    const platform = platformOverMemory({ limits: { refusalRows } });
    await refuse(platform, 100);
    expect(platform.audit.events.map(({ type, outcome, reason }) => [type, outcome, reason])).toEqual([
      ['session.denied', 'denied', 'credential_missing'],
      ['session.denied', 'denied', 'credential_missing'],
      ['session.denied', 'denied', 'credential_missing'],
      ['session.denied', 'denied', 'refusals_left_out'],
    ]);
    expect(platform.audit.events[3]).toMatchObject({
      sourceIp: CONTEXT.sourceIp,
      details: { seconds: '60' },
    });
    expect(platform.audit.events[3]).not.toHaveProperty('actor');
  });

  it('are on record again in the next window', async () => {
    const platform = platformOverMemory({ limits: { refusalRows } });
    await refuse(platform, 10);
    platform.clock.advance(60_000);
    await refuse(platform, 10);
    expect(platform.audit.events).toHaveLength(8);
  });

  it('of one address, or one kind, take no row from another', async () => {
    const platform = platformOverMemory({ limits: { refusalRows } });
    await refuse(platform, 10);
    await refuse(platform, 10, ELSEWHERE);
    await refuse(platform, 10, NOWHERE);
    await refuse(platform, 10, CONTEXT, 'agent.registration_denied');
    await refuseWebhook(platform, 10);
    expect(platform.audit.events).toHaveLength(5 * 4);
    expect(platform.audit.events.slice(-4).map(({ type, reason }) => [type, reason])).toEqual([
      ['webhook.rejected', 'signing_key_unknown'],
      ['webhook.rejected', 'signing_key_unknown'],
      ['webhook.rejected', 'signing_key_unknown'],
      ['webhook.rejected', 'refusals_left_out'],
    ]);
  });

  it('never stand in the way of a caller with an identity, nor of a webhook of LiveKit', async () => {
    const platform = platformOverMemory({ limits: { refusalRows } });
    await refuse(platform, 50);
    await refuseWebhook(platform, 50);
    const credential = { headers: platform.identity.enrol(ada) };
    const input = { credential, refusal: 'session.denied', context: CONTEXT } as const;
    expect(await platform.service.authenticateCaller.execute(input)).toEqual(ada);
    const webhook = platform.webhooks.sign({ eventId: 'EV_1', event: 'room_started' });
    expect(await platform.service.handleWebhook.execute({ webhook, context: CONTEXT })).toBe('ignored');
  });
});
