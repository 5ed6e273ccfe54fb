import type { Client } from 'pg';
import type { Finding } from './judge.ts';
import type { Entry, Ledger } from './ledger.ts';

/** An audit event of one request, by what it says happened. */
interface AuditCount {
  readonly request_id: string | null;
  readonly type: string;
  readonly outcome: string;
  readonly n: number;
}

interface SessionRow {
  readonly request_id: string;
  readonly room_name: string;
  readonly agent: string;
  readonly client: string;
}

export interface Records {
  readonly audit: readonly AuditCount[];
  readonly sessions: readonly SessionRow[];
  readonly agents: readonly string[];
  readonly canaries: number;
}

/** All that the platform has on record, as the owner of the schema sees it. */
export async function readRecords(db: Client, canary: string): Promise<Records> {
  const rows = async <Row extends object>(
    text: string,
    values: readonly string[] = [],
  ): Promise<readonly Row[]> => (await db.query<Row>(text, [...values])).rows;
  const audit = await rows<AuditCount>(
    // What its worker does has requests of its own.
    "select request_id, type, outcome, count(*)::int as n from audit_events where type not like 'worker.%' group by 1, 2, 3",
  );
  const sessions = await rows<SessionRow>(
    'select request_id, room_name, agent_client_id as agent, caller_client_id as client from sessions',
  );
  const agents = await rows<{ agent_name: string }>('select agent_name from agents');
  const [found] = await rows<{ n: number }>(
    `select (select count(*) from audit_events e where e::text like $1)
       + (select count(*) from sessions s where s::text like $1)
       + (select count(*) from session_facts f where f::text like $1) as n`,
    [`%${canary}%`],
  );
  return { audit, sessions, agents: agents.map(({ agent_name: name }) => name), canaries: Number(found?.n) };
}

export interface Granted {
  /** Who may be an agent here, and what may be asked for. */
  readonly agents: readonly string[];
  readonly reachable: string;
  readonly clients: readonly string[];
}

/**
 * Holds what is on record against what was answered: each success has exactly its rows, and a refusal has none but that of
 * its denial.
 */
export function settle(ledger: Ledger, records: Records, granted: Granted): readonly Finding[] {
  const findings: Finding[] = [];
  const find = (law: string, detail: string): void => {
    findings.push({ law, detail });
  };
  const events = eventsByRequest(records.audit);
  const sessions = grouped(records.sessions, ({ request_id: id }) => id);
  for (const [id, entry] of ledger.entries) {
    const own = events.get(id) ?? [];
    const problem = problemOf(entry, own, sessions.get(id)?.length ?? 0);
    if (problem !== undefined) {
      find('what is on record is what was answered', `${id}: ${problem}; ${JSON.stringify({ entry, own })}`);
    }
  }
  const strays = [...events].filter(([id]) => !ledger.entries.has(id));
  const granting = strays.filter(([, own]) => own.some(({ outcome }) => outcome !== 'denied'));
  if (granting.length > ledger.unnamed || strays.length > ledger.unseen) {
    find(
      'every row has its request',
      `${strays.length} of ${ledger.unseen}, ${granting.length} of ${ledger.unnamed}: ${JSON.stringify(granting.slice(0, 3))}`,
    );
  }
  for (const { request_id: id, agent, client } of records.sessions) {
    if (agent !== granted.reachable || !granted.clients.includes(client)) {
      find('nobody reaches an agent who may not', `${id}: ${client} reached ${agent}`);
    }
  }
  for (const agent of records.agents.filter((name) => !granted.agents.includes(name))) {
    find('nobody is an agent who may not be', agent);
  }
  if (records.canaries > 0) {
    find('nothing planted is on record', `${records.canaries} rows`);
  }
  return findings;
}

const ACTS = ['agent.registered', 'session.requested', 'session.granted'];
const ALLOWED = { register: 'agent.registered', start: 'session.granted' } as const;

function problemOf(entry: Entry, own: readonly AuditCount[], sessions: number): string | undefined {
  const denials = own.filter(({ outcome }) => outcome === 'denied').reduce((sum, { n }) => sum + n, 0);
  const others = own.filter(({ outcome }) => outcome !== 'denied');
  const { operation, outcome, verdict, status } = entry;
  if (outcome === 'granted' && (operation === 'register' || operation === 'start')) {
    const allowed = own.find(({ type }) => type === ALLOWED[operation]);
    const whole = allowed?.n === 1 && denials === 0 && sessions === (operation === 'start' ? 1 : 0);
    return whole ? undefined : 'a success without exactly its rows';
  }
  if (outcome === 'unseen' && verdict !== 'must_not') {
    const acts = own.filter(({ type }) => ACTS.includes(type)).map(({ n }) => n);
    return Math.max(0, denials, sessions, ...acts) <= 1 ? undefined : 'an act that was recorded twice';
  }
  if (others.length > 0 || sessions > 0) {
    return 'something was done';
  }
  const mustBeDenied = entry.phase === 'open' && (status === 403 || (status === 401 && operation !== 'none'));
  return denials > 1 || (mustBeDenied && denials === 0) ? `${denials} denials` : undefined;
}

function eventsByRequest(audit: readonly AuditCount[]): ReadonlyMap<string, readonly AuditCount[]> {
  const named = audit.filter(({ request_id: id }) => id !== null);
  return grouped(named, ({ request_id: id }) => id ?? '');
}

function grouped<T>(rows: readonly T[], key: (row: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(key(row)) ?? [];
    group.push(row);
    groups.set(key(row), group);
  }
  return groups;
}
