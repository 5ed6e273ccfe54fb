import { describeAuditStore } from '../../contract/audit-store.contract.ts';
import { openPostgresSubject } from '../../support/postgres-stores.ts';

describeAuditStore('PostgreSQL', async () => {
  const subject = await openPostgresSubject();
  return {
    ...subject,
    failingAtRandom: subject.failing.audit,
    broken: subject.broken.audit,
  };
});
