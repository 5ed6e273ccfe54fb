import { describeAgentStore } from '../../contract/agent-store.contract.ts';
import { openPostgresSubject } from '../../support/postgres-stores.ts';

describeAgentStore('PostgreSQL', async () => {
  const subject = await openPostgresSubject();
  return {
    ...subject,
    failingAtRandom: subject.failing.agents,
    broken: subject.broken.agents,
  };
});
