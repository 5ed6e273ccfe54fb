import { describeSessionStore } from '../../contract/session-store.contract.ts';
import { openPostgresSubject } from '../../support/postgres-stores.ts';

describeSessionStore('PostgreSQL', async () => {
  const subject = await openPostgresSubject();
  return {
    ...subject,
    failingAtRandom: subject.failing.sessions,
    broken: subject.broken.sessions,
  };
});
