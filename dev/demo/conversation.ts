import { decodeJwt } from 'jose';
import { eventOf, runClient, type ClientRun } from '../client-process.ts';
import type { StackDescription } from '../description.ts';
import { applicationToken, recordOf, startSession, type StartedSession } from '../platform-client.ts';
import { expect } from './expect.ts';
import type { Terminal } from './terminal.ts';

/** A client reaches its agent: from an Entra token to a tone that comes back. Every hop with its time. */
export async function showConversation(
  stack: StackDescription,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<StartedSession> {
  terminal.heading('A conversation: client-a talks to agent-a');
  const agent = stack.apps['agent-a'];

  const [entraToken, entraMs] = await timed(() => applicationToken(stack, stack.apps['client-a']));
  terminal.hop('client -> Entra', 'client id and secret, for a token for LKPS', entraMs);
  terminal.hop('client -> Ocelot', 'POST /api/session/start {"agent_entra_app_id"}');
  const [session, startMs] = await timed(() => startSession(stack, entraToken, agent.client_id));
  terminal.hop('Ocelot -> LKPS', 'token is good: + who it is, + proof of Ocelot');
  terminal.hop('LKPS -> PostgreSQL', 'allowed: intent, then grant, on record');
  terminal.hop('LKPS -> LiveKit', `room ${session.room.slice(0, 10)}.. with exactly one agent`);
  terminal.hop('client <- LKPS', `a token for ${grantOf(session.token)}`, startMs);

  const [talk] = await timed(() => runClient(session, ['talk', '--timeout', '60'], { signal }));
  expect('a conversation in both directions', talk.exit.code === 0, talk.events);
  showTalk(talk, session, terminal);
  return session;
}

function showTalk(talk: ClientRun, session: StartedSession, terminal: Terminal): void {
  const joined = eventOf(talk, 'joined');
  expect('the client in its own room', joined['room'] === session.room, joined);
  expect('the client under its own identity', joined['identity'] === session.identity, joined);
  terminal.hop(
    'client -> LiveKit',
    `joined as ${session.identity.slice(0, 16)}.. (WebRTC)`,
    numberOf(joined['ms']),
  );
  const agent = eventOf(talk, 'agent_joined');
  terminal.hop('agent -> LiveKit', 'dispatched: is in the room too', numberOf(agent['ms']));
  const data = eventOf(talk, 'data_echoed');
  const nonce = String(data['nonce']);
  terminal.hop(
    'client <-> agent',
    `data: "${nonce.slice(0, 13)}.." came back`,
    numberOf(data['round_trip_ms']),
  );
  const audio = eventOf(talk, 'audio_echoed');
  const [sent, heard] = [numberOf(audio['sent_hz']), numberOf(audio['heard_hz'])];
  expect('the tone that was sent', Math.abs(heard - sent) <= sent * 0.02, audio);
  terminal.hop(
    'client <-> agent',
    `audio: sent ${sent.toFixed(0)} Hz, heard ${heard.toFixed(0)} Hz`,
    numberOf(audio['ms']),
  );
  terminal.hop('client -> LiveKit', 'left', numberOf(eventOf(talk, 'left')['ms']));
}

function grantOf(token: string): string {
  const claims = decodeJwt(token);
  const grant = recordOf(claims['video']);
  expect('a token for one room', typeof grant['room'] === 'string' && grant['roomJoin'] === true, grant);
  const minutes = ((claims.exp ?? 0) - (claims.nbf ?? 0)) / 60;
  return `that room only, ${minutes} min`;
}

async function timed<T>(run: () => Promise<T>): Promise<readonly [T, number]> {
  const startedAt = performance.now();
  const result = await run();
  return [result, Math.round(performance.now() - startedAt)];
}

function numberOf(value: unknown): number {
  expect('a number', typeof value === 'number', value);
  return value;
}
