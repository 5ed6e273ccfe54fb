import { decodeJwt } from 'jose';
import { eventOf, runClient, type ClientEvent, type ClientRun } from '../client-process.ts';
import type { StackDescription } from '../description.ts';
import { applicationToken, recordOf, startSession, type StartedSession } from '../platform-client.ts';
import { expect } from './expect.ts';
import type { Records } from './records.ts';
import type { ServiceLog } from './service-log.ts';
import type { Terminal } from './terminal.ts';

/** Who the demo shows, where it shows it, and what it asks how long a hop took. */
export interface Stage {
  readonly stack: StackDescription;
  readonly records: Records;
  readonly log: ServiceLog;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** A client reaches its agent: from an Entra token to a tone that comes back. Every hop with its time. */
export async function showConversation({
  stack,
  records,
  log,
  terminal,
  signal,
}: Stage): Promise<StartedSession> {
  terminal.heading('A conversation: client-a talks to agent-a');
  const agent = stack.apps['agent-a'];

  const [entraToken, entraMs] = await timed(() => applicationToken(stack, stack.apps['client-a']));
  terminal.hop('client -> Entra', 'client id and secret, for a token for LKPS', entraMs);
  const [session, startMs] = await timed(() => startSession(stack, entraToken, agent.client_id));
  const lkpsMs = await log.durationOf((entry) => entry['request_id'] === session.requestId);
  terminal.hop('client -> Ocelot', 'POST /api/session/start {"agent_entra_app_id"}', startMs);
  terminal.hop('  Ocelot -> LKPS', '+ who it is, + proof of Ocelot; allowed', lkpsMs);
  const roomMs = await records.roomTimeOf(session.sessionId);
  terminal.hop(
    '    LKPS -> LiveKit',
    `intent on record, then room ${session.room.slice(0, 8)}.. + agent`,
    roomMs,
  );
  terminal.hop('client <- LKPS', `grant on record, then a token: ${grantOf(session.token)}`);

  const onEvent = (event: ClientEvent): void => {
    showTalk(event, terminal);
  };
  const talk = await runClient(session, ['talk', '--timeout', '60'], { signal, onEvent });
  expect('a conversation in both directions', talk.exit.code === 0, talk.events);
  verifyTalk(talk, session);
  return session;
}

/** As it happens. */
function showTalk(event: ClientEvent, terminal: Terminal): void {
  const hop = (who: string, what: string, time: unknown): void => {
    terminal.hop(who, what, numberOf(time));
  };
  switch (event['event']) {
    case 'joined':
      hop('client -> LiveKit', `joined as ${String(event['identity']).slice(0, 16)}.. (WebRTC)`, event['ms']);
      break;
    case 'agent_joined':
      hop('agent <- gateway', 'the job, and a token for this room; it is in', event['ms']);
      break;
    case 'data_echoed':
      hop(
        'client <-> agent',
        `data: "${String(event['nonce']).slice(0, 13)}.." came back`,
        event['round_trip_ms'],
      );
      break;
    case 'audio_echoed': {
      const [sent, heard] = [numberOf(event['sent_hz']), numberOf(event['heard_hz'])];
      hop('client <-> agent', `audio: sent ${sent.toFixed(0)} Hz, heard ${heard.toFixed(0)} Hz`, event['ms']);
      break;
    }
    case 'left':
      hop('client -> LiveKit', 'left', event['ms']);
      break;
  }
}

/** That it was the right room, the right identity and the same tone. */
function verifyTalk(talk: ClientRun, session: StartedSession): void {
  const joined = eventOf(talk, 'joined');
  expect('the client in its own room', joined['room'] === session.room, joined);
  expect('the client under its own identity', joined['identity'] === session.identity, joined);
  expect('the data came back', typeof eventOf(talk, 'data_echoed')['nonce'] === 'string', talk.events);
  const audio = eventOf(talk, 'audio_echoed');
  const [sent, heard] = [numberOf(audio['sent_hz']), numberOf(audio['heard_hz'])];
  expect('the tone that was sent', Math.abs(heard - sent) <= sent * 0.02, audio);
  eventOf(talk, 'left');
}

function grantOf(token: string): string {
  const claims = decodeJwt(token);
  const grant = recordOf(claims['video']);
  expect('a token for one room', typeof grant['room'] === 'string' && grant['roomJoin'] === true, grant);
  const minutes = ((claims.exp ?? 0) - (claims.nbf ?? 0)) / 60;
  return `one room, ${minutes} min`;
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
