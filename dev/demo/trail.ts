import type { StackDescription } from '../description.ts';
import type { StartedSession } from '../platform-client.ts';
import { expect } from './expect.ts';
import type { AuditRow, FactRow, Records } from './records.ts';
import type { Terminal } from './terminal.ts';

const WEBHOOK_KINDS = ['room_started', 'participant_joined', 'participant_left', 'room_finished'];

/** The session's life as LiveKit's webhooks told it. */
export async function showLife(records: Records, session: StartedSession, terminal: Terminal): Promise<void> {
  terminal.heading("The session's life, from LiveKit's signed webhooks");
  const facts = (await records.factsOf(session.sessionId)).filter((fact) =>
    WEBHOOK_KINDS.includes(fact.kind),
  );
  for (const kind of WEBHOOK_KINDS) {
    expect(
      `${kind} among the facts`,
      facts.some((fact) => fact.kind === kind),
      facts,
    );
  }
  const startedAt = facts[0]?.observed_at ?? new Date();
  for (const fact of facts) {
    terminal.row(`${offset(startedAt, fact.observed_at)}  ${fact.kind.padEnd(20)} ${whoOf(fact, session)}`);
  }
}

function whoOf(fact: FactRow, session: StartedSession): string {
  if (fact.participant_identity === null) {
    return '';
  }
  const who = fact.participant_identity === session.identity ? 'the client' : 'the agent';
  return fact.disconnect_reason === null ? who : `${who} (${fact.disconnect_reason})`;
}

const DETAIL_WIDTH = 74;

const EXPECTED = [
  ...['agent.registered', 'worker.admitted', 'session.requested', 'session.granted'],
  ...['worker.job_relayed', 'session.transition'],
];

/** The audit trail of the session and of its agent's registration: who, what, which grants, which request. */
export async function showAuditTrail(
  stack: StackDescription,
  records: Records,
  session: StartedSession,
  terminal: Terminal,
): Promise<void> {
  terminal.heading('Its audit trail (append-only; no token, no e-mail address)');
  const rows = await records.auditTrailOf(session.sessionId, stack.apps['agent-a'].client_id);
  for (const type of EXPECTED) {
    expect(
      `${type} on record`,
      rows.some((row) => row.type === type),
      rows,
    );
  }
  const ofSession = rows.filter((row) => row.type.startsWith('session.'));
  expect(
    'one request id on them',
    ofSession.every((row) => row.request_id === session.requestId),
    ofSession,
  );
  expect('no token and no e-mail address in them', !/eyJ|@/.test(JSON.stringify(rows)), rows);
  for (const row of rows) {
    const by = row.actor_client_id === null ? '' : `${row.actor_kind} ${row.actor_client_id.slice(0, 8)}..`;
    terminal.row(`${clock(row.occurred_at)}  ${row.type.padEnd(23)} ${row.outcome.padEnd(8)} ${by}`);
    for (const line of wrapped(detailOf(row))) {
      terminal.note(`    ${line}`);
    }
  }
  terminal.note(`request id on all of the session's rows: ${session.requestId}`);
}

function detailOf(row: AuditRow): string {
  if (row.grants !== null) {
    const { room, ...flags } = row.grants;
    const names = Object.keys(flags).filter((name) => flags[name] === true);
    return `jti ${row.token_id?.slice(0, 8)}..${room === undefined ? '' : ', one room'}: ${names.join(' ')}`;
  }
  const { from, to, end_reason: reason } = row.details ?? {};
  return from === undefined
    ? (row.reason ?? '')
    : `${from} -> ${to ?? ''}${reason === undefined ? '' : ` (${reason})`}`;
}

/** Lines of whole words; none of nothing. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= DETAIL_WIDTH) {
      lines.push(last === undefined ? word : `  ${word}`);
    } else {
      lines[lines.length - 1] = `${last} ${word}`;
    }
  }
  return lines;
}

function offset(from: Date, at: Date): string {
  return `+${((at.getTime() - from.getTime()) / 1000).toFixed(2)} s`.padStart(9);
}

function clock(at: Date): string {
  return at.toISOString().slice(11, 23);
}
