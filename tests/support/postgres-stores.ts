import { randomBytes } from 'node:crypto';
import {
  KnexAgentStore,
  KnexAuditStore,
  KnexCutOffStore,
  KnexOperatorView,
  KnexSessionStore,
  KnexWorkerRegistry,
  openDatabase,
  type Database,
} from '../../adapters/persistence-knex/index.ts';
import { createTestDatabase, type TestDatabase } from './postgres-database.ts';
import { openWire, type Cut } from './postgres-wire.ts';

export interface PostgresStores {
  readonly audit: KnexAuditStore;
  readonly agents: KnexAgentStore;
  readonly cutOffs: KnexCutOffStore;
  readonly sessions: KnexSessionStore;
  readonly view: KnexOperatorView;
  readonly workers: KnexWorkerRegistry;
}

export interface PostgresSubject extends PostgresStores {
  readonly urls: TestDatabase;
  readonly db: Database;
  /** Through connections that break at every point of a transaction, COMMIT and its answer included. */
  readonly failing: PostgresStores;
  /** Where no server listens. */
  readonly broken: PostgresStores;
  readonly close: () => Promise<void>;
}

/** Logging in takes the first three messages; a transaction of a store four to nine more. */
const CUTS: readonly Cut[] = Array.from({ length: 24 }, (_, index) => ({
  after: 4 + ((index * 7) % 24),
  loses: index % 2 === 0 ? 'message' : 'answer',
}));

/** All stores on a migrated database of their own. */
export async function openPostgresSubject(): Promise<PostgresSubject> {
  const urls = await createTestDatabase();
  const wire = await openWire(urls.serviceUrl, CUTS);
  const db = openDatabase({ url: urls.serviceUrl });
  const failing = openDatabase({ url: wire.url, maxConnections: 4 });
  const broken = openDatabase({ url: 'postgres://nobody:nothing@127.0.0.1:1/nowhere' });
  const subjectKey = randomBytes(32);
  return {
    ...storesOn(db, subjectKey),
    urls,
    db,
    failing: storesOn(failing, subjectKey),
    broken: storesOn(broken, subjectKey),
    close: async () => {
      await Promise.all([db.close(), failing.close(), broken.close()]);
      await wire.close();
      await urls.drop();
    },
  };
}

export function storesOn(db: Database, subjectKey: Uint8Array): PostgresStores {
  return {
    audit: new KnexAuditStore({ db, subjectKey }),
    agents: new KnexAgentStore({ db, subjectKey }),
    cutOffs: new KnexCutOffStore({ db, subjectKey }),
    sessions: new KnexSessionStore({ db, subjectKey }),
    view: new KnexOperatorView({ db }),
    workers: new KnexWorkerRegistry({ db, subjectKey }),
  };
}
