import { describeOperatorView } from '../../contract/operator-view.contract.ts';
import { MemoryAgentStore } from '../../support/memory-agent-store.ts';
import { MemoryAuditStore } from '../../support/memory-audit-store.ts';
import { MemoryCutOffStore } from '../../support/memory-cut-off-store.ts';
import { MemoryOperatorView } from '../../support/memory-operator-view.ts';
import { MemorySessionStore } from '../../support/memory-session-store.ts';

describeOperatorView('memory', () => {
  const audit = new MemoryAuditStore();
  const cutOffs = new MemoryCutOffStore(audit);
  const agents = new MemoryAgentStore(audit, cutOffs);
  const sessions = new MemorySessionStore(audit, cutOffs);
  const view = new MemoryOperatorView({ agents, cutOffs, sessions });
  return Promise.resolve({ view, agents, cutOffs, sessions, close: () => Promise.resolve() });
});
