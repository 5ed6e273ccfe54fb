import { isRoomName, type AuditEvent } from '../../core/index.ts';
import { law } from './gateway-report-laws.ts';

interface Expected {
  readonly jobId: string;
  readonly room: string;
  /** What the trail says of this job at this connection. */
  readonly row: AuditEvent | undefined;
}

/** The one on record, for that very job, room and identity, and worth nothing at the worker endpoint. */
export function checkJobToken(token: string, { jobId, room, row }: Expected): void {
  const claims = claimsOf(token);
  const grants = JSON.stringify(claims['video']);
  law(row !== undefined && row.token?.tokenId === claims['jti'], "a job's token is the one on record");
  law(claims['sub'] === `agent-${jobId}` && claims['kind'] === 'agent', "a job's token is for its identity");
  law(grants === JSON.stringify(row.token?.grants), "a job's grants are those on record");
  law(!grants.includes('"agent"'), "a job's token opens no worker endpoint");
  law(isRoomName(room) && grants.includes(`"room":"${room}"`), "a job's token is for its room");
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const [, payload = ''] = token.split('.');
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  law(typeof claims === 'object' && claims !== null, 'a token has claims');
  return { ...claims };
}
