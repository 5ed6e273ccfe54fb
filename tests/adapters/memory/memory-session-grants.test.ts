import { describeSessionGrants } from '../../contract/session-grants.contract.ts';
import { MemoryAuditStore } from '../../support/memory-audit-store.ts';
import { MemoryCutOffStore } from '../../support/memory-cut-off-store.ts';
import { MemorySessionStore } from '../../support/memory-session-store.ts';

describeSessionGrants('memory', () => {
  const audit = new MemoryAuditStore();
  const cutOffs = new MemoryCutOffStore(audit);
  const sessions = new MemorySessionStore(audit, cutOffs);
  return Promise.resolve({ sessions, audit, cutOffs, close: () => Promise.resolve() });
});
