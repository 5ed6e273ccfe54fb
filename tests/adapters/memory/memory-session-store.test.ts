import { describeSessionStore } from '../../contract/session-store.contract.ts';
import { MemoryAuditStore } from '../../support/memory-audit-store.ts';
import { faultsInTurn, withFaults } from '../../support/memory-faults.ts';
import { MemorySessionStore } from '../../support/memory-session-store.ts';

describeSessionStore('memory', () => {
  const audit = new MemoryAuditStore();
  const sessions = new MemorySessionStore(audit);
  return Promise.resolve({
    sessions,
    audit,
    failingAtRandom: withFaults(sessions, faultsInTurn('none', 'before', 'after', 'none', 'after')),
    broken: withFaults(sessions, () => 'before'),
    close: () => Promise.resolve(),
  });
});
