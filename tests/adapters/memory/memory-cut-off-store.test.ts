import { describeCutOffStore } from '../../contract/cut-off-store.contract.ts';
import { MemoryAgentStore } from '../../support/memory-agent-store.ts';
import { MemoryAuditStore } from '../../support/memory-audit-store.ts';
import { MemoryCutOffStore } from '../../support/memory-cut-off-store.ts';
import { faultsInTurn, withFaults } from '../../support/memory-faults.ts';

describeCutOffStore('memory', () => {
  const audit = new MemoryAuditStore();
  const cutOffs = new MemoryCutOffStore(audit);
  return Promise.resolve({
    cutOffs,
    agents: new MemoryAgentStore(audit, cutOffs),
    audit,
    failingAtRandom: withFaults(cutOffs, faultsInTurn('none', 'before', 'after', 'none', 'after')),
    broken: withFaults(cutOffs, () => 'before'),
    close: () => Promise.resolve(),
  });
});
