import { describeAgentStore } from '../../contract/agent-store.contract.ts';
import { MemoryAgentStore } from '../../support/memory-agent-store.ts';
import { MemoryAuditStore } from '../../support/memory-audit-store.ts';
import { faultsInTurn, withFaults } from '../../support/memory-faults.ts';

describeAgentStore('memory', () => {
  const audit = new MemoryAuditStore();
  const agents = new MemoryAgentStore(audit);
  return Promise.resolve({
    agents,
    audit,
    failingAtRandom: withFaults(agents, faultsInTurn('none', 'before', 'after', 'none', 'after')),
    broken: withFaults(agents, () => 'before'),
    close: () => Promise.resolve(),
  });
});
