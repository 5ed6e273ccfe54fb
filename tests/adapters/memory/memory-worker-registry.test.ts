import { describeWorkerRegistry } from '../../contract/worker-registry.contract.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { MemoryAgentStore } from '../../support/memory-agent-store.ts';
import { MemoryAuditStore } from '../../support/memory-audit-store.ts';
import { MemoryCutOffStore } from '../../support/memory-cut-off-store.ts';
import { faultsInTurn, withFaults } from '../../support/memory-faults.ts';
import { MemoryWorkerRegistry } from '../../support/memory-worker-registry.ts';

describeWorkerRegistry('memory', () => {
  const clock = new FixedClock();
  const audit = new MemoryAuditStore();
  const cutOffs = new MemoryCutOffStore(audit);
  const agents = new MemoryAgentStore(audit, cutOffs);
  const workers = new MemoryWorkerRegistry({ audit, agents, cutOffs, clock });
  return Promise.resolve({
    workers,
    agents,
    cutOffs,
    audit,
    later: (ms) => {
      clock.advance(ms);
      return Promise.resolve();
    },
    failingAtRandom: withFaults(workers, faultsInTurn('none', 'before', 'after', 'none', 'after')),
    broken: withFaults(workers, () => 'before'),
    close: () => Promise.resolve(),
  });
});
