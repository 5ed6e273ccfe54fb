import type { Logger } from 'pino';
import type { GatewayLog, GatewayLogEntry } from '../adapters/agent-gateway/index.ts';
import { describeError } from './logger.ts';

const LEVELS: Partial<Readonly<Record<GatewayLogEntry['event'], 'warn' | 'error'>>> = {
  message_refused: 'warn',
  due_unknown: 'error',
  presence_not_announced: 'error',
  act_not_recorded: 'error',
  connection_failed: 'error',
};

/** One line for each thing that happens to a worker; what is logged is listed field by field here. */
export function gatewayLog(logger: Logger): GatewayLog {
  return (entry) => {
    const fields = {
      event: entry.event,
      request_id: entry.requestId,
      connection_id: entry.connectionId,
      client_id: entry.clientId,
      job_id: entry.jobId,
      status: entry.status,
      code: entry.code,
      reason: entry.reason,
      dropped: entry.dropped,
      duration_ms: entry.durationMs,
      error: describeError(entry.error),
    };
    const isFailure = entry.status !== undefined && entry.status >= 500;
    logger[isFailure ? 'error' : (LEVELS[entry.event] ?? 'info')](fields, 'agent gateway');
  };
}
