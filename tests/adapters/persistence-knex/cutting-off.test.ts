import { describeCuttingOff } from '../../contract/cutting-off.contract.ts';
import { openPostgresSubject } from '../../support/postgres-stores.ts';

describeCuttingOff('PostgreSQL', openPostgresSubject, { numRuns: 40 });
