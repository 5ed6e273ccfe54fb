import { LiveKitRoomDispatcher } from '../../adapters/livekit/index.ts';
import {
  KnexAuditStore,
  KnexCutOffStore,
  KnexOperatorView,
  KnexSessionStore,
  openDatabase,
  subjectRef,
  type Database,
} from '../../adapters/persistence-knex/index.ts';
import {
  agentRefOf,
  AuditJournal,
  type AgentName,
  type AgentRef,
  type AuditStore,
  type Clock,
  type CutOffStore,
  type OperatorView,
  type Principal,
  type RoomDispatcher,
  type SessionStore,
} from '../../core/index.ts';
import { parseSettings } from '../config.ts';
import { requireFitDatabase } from '../fit-database.ts';
import { RandomIds } from '../random-ids.ts';
import type { Environment, Values } from '../setting-values.ts';
import { systemClock } from '../system-clock.ts';

/** What an operator's commands act on: the records of one deployment, by the service's own role. */
export interface Records {
  readonly view: OperatorView;
  readonly cutOffs: CutOffStore;
  readonly sessions: SessionStore;
  readonly audit: AuditStore;
  readonly clock: Clock;
  readonly journal: AuditJournal;
  /** What audit rows call a user; undefined for an application. */
  readonly userRefOf: (caller: Principal) => string | undefined;
  /** What audit rows call an agent. */
  readonly agentRefOf: (agent: AgentName) => AgentRef;
}

export interface RecordsAndRooms extends Records {
  readonly rooms: RoomDispatcher;
}

const RECORDS = ['LKPS_REGION', 'LKPS_DATABASE_URL', 'LKPS_SUBJECT_KEY'] as const;
const RECORDS_AND_ROOMS = [...RECORDS, 'LKPS_LIVEKIT_URL', 'LKPS_LIVEKIT_KEYS'] as const;

/** Opens the records, for as long as `use` takes. */
export function withRecords<T>(env: Environment, use: (records: Records) => Promise<T>): Promise<T> {
  const values = parseSettings(env, RECORDS);
  return withDatabase(values, use);
}

/** The same, with LiveKit's rooms. */
export function withRooms<T>(env: Environment, use: (both: RecordsAndRooms) => Promise<T>): Promise<T> {
  const values = parseSettings(env, RECORDS_AND_ROOMS);
  const [key] = values.LKPS_LIVEKIT_KEYS;
  const livekitKey = { id: key.id, secret: key.secret.revealBytes() };
  const rooms = new LiveKitRoomDispatcher({ url: values.LKPS_LIVEKIT_URL, key: livekitKey });
  return withDatabase(values, (records) => use({ ...records, rooms }));
}

type Settings = Values<(typeof RECORDS)[number]>;

async function withDatabase<T>(values: Settings, use: (records: Records) => Promise<T>): Promise<T> {
  const database = openDatabase({ url: values.LKPS_DATABASE_URL.reveal() });
  try {
    const subjectKey = values.LKPS_SUBJECT_KEY.revealBytes();
    await requireFitDatabase(database, { region: values.LKPS_REGION, subjectKey }, 'command');
    return await use(recordsIn(database, values));
  } finally {
    await database.close();
  }
}

function recordsIn(db: Database, values: Settings): Records {
  const subjectKey = values.LKPS_SUBJECT_KEY.revealBytes();
  const stores = { db, subjectKey };
  const clock = systemClock;
  return {
    view: new KnexOperatorView({ db }),
    cutOffs: new KnexCutOffStore(stores),
    sessions: new KnexSessionStore(stores),
    audit: new KnexAuditStore(stores),
    clock,
    journal: new AuditJournal({ clock, ids: new RandomIds(), region: values.LKPS_REGION }),
    userRefOf: (caller) =>
      caller.kind === 'user' && caller.userId !== undefined
        ? subjectRef(subjectKey, caller.userId)
        : undefined,
    agentRefOf: (agent) => agentRefOf(agent, (user) => subjectRef(subjectKey, user)),
  };
}
