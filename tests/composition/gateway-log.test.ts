import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { GatewayLogEntry } from '../../adapters/agent-gateway/index.ts';
import { gatewayLog } from '../../composition/gateway-log.ts';
import { createLogger } from '../../composition/logger.ts';
import { parseConnectionId, parseRequestId } from '../../core/index.ts';
import { AGENT } from '../support/platform-cast.ts';

const line = z.strictObject({
  level: z.enum(['info', 'warn', 'error']),
  time: z.iso.datetime(),
  service: z.literal('lkps'),
  region: z.literal('eu'),
  event: z.string(),
  request_id: z.string(),
  connection_id: z.string(),
  client_id: z.string(),
  job_id: z.string(),
  status: z.number(),
  code: z.string(),
  reason: z.string(),
  dropped: z.record(z.string(), z.number()),
  duration_ms: z.number(),
  error: z.looseObject({ type: z.string() }),
  msg: z.literal('agent gateway'),
});

function logged(entry: GatewayLogEntry): z.infer<typeof line> {
  const lines: string[] = [];
  const destination = { write: (text: string): void => void lines.push(text) };
  gatewayLog(createLogger({ logLevel: 'info', region: 'eu' }, destination))(entry);
  expect(lines).toHaveLength(1);
  expect(lines.join()).not.toContain('canary');
  return line.parse(JSON.parse(lines.join()));
}

describe('the log of the agent gateway', () => {
  const entry = {
    event: 'worker_closed',
    requestId: parseRequestId('req-1'),
    connectionId: parseConnectionId('00000000-0000-4000-8000-000000000001'),
    clientId: AGENT,
    jobId: 'AJ_1',
    status: 403,
    code: 'agent_revoked',
    reason: 'agent_revoked',
    dropped: { unknown_message: 3 },
    durationMs: 7,
    error: new Error('canary'),
    token: 'canary',
    frame: { metadata: 'canary' },
  } as const;

  it('holds the listed fields and nothing else, whatever an entry carries', () => {
    expect(logged(entry)).toMatchObject({
      level: 'info',
      event: 'worker_closed',
      client_id: AGENT,
      dropped: { unknown_message: 3 },
    });
  });

  it.each([
    ['worker_admitted', 'info'],
    ['message_refused', 'warn'],
    ['act_not_recorded', 'error'],
    ['presence_not_announced', 'error'],
    ['connection_failed', 'error'],
  ] as const)('tells what needs somebody to look: %s is %s', (event, level) => {
    expect(logged({ ...entry, event }).level).toBe(level);
  });
});
