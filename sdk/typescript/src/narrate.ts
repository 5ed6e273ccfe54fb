import type { Loss, ReconnectPace } from './connection.ts';
import type { Events } from './events.ts';
import type { Retry } from './keeper.ts';
import { MESSAGES, say, type LogFields } from './log.ts';
import { quoted } from './redacted.ts';
import type { Registration } from './registration.ts';

/** What happens, told to whoever reads the log and to the program. */

export function tellRegistered(registration: Registration, ms: number, events: Events): void {
  const { agentName, livekitUrl, expiresAt, region, requestId } = registration;
  say('info', MESSAGES.registered, { ...fieldsOf(registration), livekit_url: livekitUrl });
  events.emit('registered', { agentName, livekitUrl, expiresAt, region, requestId, ms });
}

export function tellRenewed(registration: Registration, events: Events): void {
  const { expiresAt, requestId } = registration;
  say('info', MESSAGES.renewed, fieldsOf(registration));
  events.emit('renewed', { expiresAt, requestId });
}

export function tellRetry({ reason, attempt, retryInMs, expiresInMs }: Retry, events: Events): void {
  const fields = { reason, attempt, retry_in_ms: retryInMs };
  if (expiresInMs === undefined) {
    say('warn', MESSAGES.not_registered, fields);
  } else {
    say('warn', MESSAGES.not_renewed, { ...fields, expires_in_ms: expiresInMs });
    events.emit('notRenewed', { reason });
  }
}

export function tellConnected(registration: Registration, workerId: string, events: Events): void {
  const { agentName, region, livekitUrl } = registration;
  say('info', MESSAGES.connected, { agent_name: agentName, region, livekit_url: livekitUrl });
  events.emit('connected', { workerId: quoted(workerId) });
}

/** @returns how long to wait before the next attempt */
export function tellLoss(loss: Loss, pace: ReconnectPace, isRenewing: boolean): number {
  const { attempt, retryInMs } = pace.lost(loss);
  const { kind, reason } = loss;
  if (kind === 'planned') say('info', MESSAGES.reconnecting, { reason, retry_in_ms: retryInMs });
  else if (isRenewing) say('warn', MESSAGES.early_renewal, { reason });
  else say('warn', MESSAGES.connection_lost, { reason, attempt, retry_in_ms: retryInMs });
  return retryInMs;
}

function fieldsOf({ agentName, region, expiresAt, requestId }: Registration): LogFields {
  return { request_id: requestId, agent_name: agentName, region, expires_at: expiresAt };
}
