import { beforeEach, describe, expect, it } from 'vitest';
import type { LiveKitEvent, StartedSession, WebhookOutcome } from '../../core/index.ts';
import { AGENT, clientApp, CONTEXT, withRegisteredAgent } from '../support/platform-cast.ts';
import { failingAt, type PortFaults } from '../support/platform-faults.ts';
import { platformOverMemory, type Platform } from '../support/platform-over-memory.ts';

describe('HandleWebhook', () => {
  let platform: Platform;
  let session: StartedSession;
  let room: NonNullable<LiveKitEvent['room']>;
  beforeEach(async () => {
    platform = await withRegisteredAgent(platformOverMemory());
    const input = { caller: clientApp, agentClientId: AGENT, context: CONTEXT };
    session = await platform.service.startSession.execute(input);
    const life = platform.rooms.rooms[0]?.life ?? expect.unreachable();
    room = { name: session.room, ...life };
  });

  const deliver = (event: LiveKitEvent): Promise<WebhookOutcome> =>
    platform.service.handleWebhook.execute({ webhook: platform.webhooks.sign(event), context: CONTEXT });
  const state = (): string | undefined => platform.sessions.sessions[0]?.state;
  const participant = (): NonNullable<LiveKitEvent['participant']> => ({
    sid: 'PA_1',
    identity: session.identity,
  });

  it('follows a session to its end, and puts every transition on record', async () => {
    const agent = { sid: 'PA_a', identity: 'agent-AJ_1', agentName: AGENT };
    await deliver({ eventId: 'EV_1', event: 'room_started', room });
    await deliver({ eventId: 'EV_2', event: 'participant_joined', room, participant: agent });
    await deliver({ eventId: 'EV_3', event: 'participant_joined', room, participant: participant() });
    await deliver({ eventId: 'EV_4', event: 'participant_left', room, participant: participant() });
    await deliver({ eventId: 'EV_5', event: 'room_finished', room });
    const about = { sessionId: session.sessionId, room: session.room, requestId: CONTEXT.requestId };
    expect(platform.audit.events.slice(4)).toMatchObject([
      { type: 'session.agent_presence', ...about, details: { from: 'pending', to: 'joined' } },
      { type: 'session.transition', ...about, details: { from: 'created', to: 'active' } },
      {
        type: 'session.transition',
        ...about,
        details: { from: 'active', to: 'ended', end_reason: 'completed' },
      },
    ]);
  });

  it('applies an event once, however often it is delivered', async () => {
    const event = { eventId: 'EV_1', event: 'participant_joined', room, participant: participant() };
    expect(await deliver(event)).toBe('applied');
    const rows = platform.audit.events.length;
    expect(await Promise.all([deliver(event), deliver(event)])).toEqual(['already_known', 'already_known']);
    expect(platform.audit.events.length).toBe(rows);
  });

  const strange: readonly (readonly [string, (event: LiveKitEvent) => LiveKitEvent])[] = [
    ['a kind it has never heard of', (event) => ({ ...event, event: 'participant_levitated' })],
    ['a track', (event) => ({ ...event, event: 'track_published' })],
    ['no room', ({ eventId, event }) => ({ eventId, event })],
    ['no participant, where one is needed', ({ eventId, event }) => ({ eventId, event, room })],
    ['a room of somebody else', (event) => ({ ...event, room: { ...room, name: 'their-room' } })],
    ['a room that only looks ours', (event) => ({ ...event, room: { ...room, name: `${room.name}0` } })],
    ['a room nobody asked for', (event) => ({ ...event, room: { ...room, name: `s-${'f'.repeat(32)}` } })],
    ['a room without a sid', (event) => ({ ...event, room: { ...room, sid: '' } })],
  ];

  it.each(strange)('ignores an event of %s, and changes nothing', async (_, change) => {
    const rows = platform.audit.events.length;
    const event = { eventId: 'EV_1', event: 'participant_joined', room, participant: participant() };
    expect(await deliver(change(event))).toBe('ignored');
    expect(state()).toBe('created');
    expect(platform.audit.events.length).toBe(rows);
  });

  it('refuses a body that was changed on its way: nothing changes but the record of it', async () => {
    const { signature } = platform.webhooks.sign({ eventId: 'EV_1', event: 'room_started', room });
    const { body } = platform.webhooks.sign({ eventId: 'EV_1', event: 'room_finished', room });
    const asked = platform.service.handleWebhook.execute({ webhook: { body, signature }, context: CONTEXT });
    await expect(asked).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(state()).toBe('created');
    expect(platform.audit.events.at(-1)).toMatchObject({
      type: 'webhook.rejected',
      outcome: 'denied',
      reason: 'signature_wrong',
      requestId: CONTEXT.requestId,
    });
  });

  it('refuses a webhook without a signature', async () => {
    const { body } = platform.webhooks.sign({ eventId: 'EV_1', event: 'room_finished', room });
    const webhook = { body, signature: undefined };
    const asked = platform.service.handleWebhook.execute({ webhook, context: CONTEXT });
    await expect(asked).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(state()).toBe('created');
  });

  it('rejects what is signed and yet no event', async () => {
    const webhook = platform.webhooks.signBytes(new TextEncoder().encode('[]'));
    const asked = platform.service.handleWebhook.execute({ webhook, context: CONTEXT });
    await expect(asked).rejects.toMatchObject({ code: 'malformed_json' });
  });
});

describe('HandleWebhook, when its store fails', () => {
  it('lets LiveKit deliver again, and then applies the event', async () => {
    let broken = false;
    const outage = failingAt('sessions', 'before');
    const faults: PortFaults = { next: (...call) => (broken ? outage.next(...call) : 'none') };
    const { service, rooms, sessions, webhooks } = await withRegisteredAgent(platformOverMemory({ faults }));
    const { room: name } = await service.startSession.execute({
      caller: clientApp,
      agentClientId: AGENT,
      context: CONTEXT,
    });
    const room = { name, ...(rooms.rooms[0]?.life ?? expect.unreachable()) };
    const webhook = webhooks.sign({ eventId: 'EV_1', event: 'room_finished', room });
    broken = true;
    const first = service.handleWebhook.execute({ webhook, context: CONTEXT });
    await expect(first).rejects.toMatchObject({ code: 'audit_unavailable' });
    expect(sessions.sessions).toMatchObject([{ state: 'created' }]);
    broken = false;
    expect(await service.handleWebhook.execute({ webhook, context: CONTEXT })).toBe('applied');
    expect(sessions.sessions).toMatchObject([{ state: 'ended', endReason: 'nobody_came' }]);
  });
});
