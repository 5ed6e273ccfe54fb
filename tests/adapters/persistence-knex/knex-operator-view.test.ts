import { describeOperatorView } from '../../contract/operator-view.contract.ts';
import { openPostgresSubject } from '../../support/postgres-stores.ts';

describeOperatorView('PostgreSQL', async () => {
  const subject = await openPostgresSubject();
  return { ...subject, broken: subject.broken.view };
});
