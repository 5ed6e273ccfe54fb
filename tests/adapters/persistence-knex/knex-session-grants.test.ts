import { describeSessionGrants } from '../../contract/session-grants.contract.ts';
import { openPostgresSubject } from '../../support/postgres-stores.ts';

describeSessionGrants('PostgreSQL', openPostgresSubject);
