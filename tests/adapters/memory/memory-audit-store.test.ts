import { describeAuditStore } from '../../contract/audit-store.contract.ts';
import { MemoryAuditStore } from '../../support/memory-audit-store.ts';
import { faultsInTurn, withFaults } from '../../support/memory-faults.ts';

describeAuditStore('memory', () => {
  const audit = new MemoryAuditStore();
  return Promise.resolve({
    audit,
    failingAtRandom: withFaults(audit, faultsInTurn('none', 'before', 'after', 'none', 'after')),
    broken: withFaults(audit, () => 'before'),
    close: () => Promise.resolve(),
  });
});
