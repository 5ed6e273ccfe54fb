import { describeAgentStore } from '../../tests/contract/agent-store.contract.ts';
import { describeAuditStore } from '../../tests/contract/audit-store.contract.ts';
import { describeSessionGrants } from '../../tests/contract/session-grants.contract.ts';
import { describeSessionStore } from '../../tests/contract/session-store.contract.ts';
import { faultsInTurn, withFaults, type Fault } from '../../tests/support/memory-faults.ts';
import { ProcessAgentStore } from '../embedded/process-agent-store.ts';
import { ProcessSessionStore } from '../embedded/process-session-store.ts';
import { closedTrail, openTrail } from './embedded-subjects.ts';

const inTurn = (): (() => Fault) => faultsInTurn('none', 'before', 'after', 'none', 'after');

describeAuditStore('JSON lines', async () => {
  const { trail, close } = await openTrail();
  const failingAtRandom = withFaults(trail, inTurn());
  return { audit: trail, failingAtRandom, broken: await closedTrail(), close };
});

describeAgentStore('process, on JSON lines', async () => {
  const { trail, close } = await openTrail();
  const agents = new ProcessAgentStore(trail);
  const broken = new ProcessAgentStore(await closedTrail());
  return { agents, audit: trail, failingAtRandom: withFaults(agents, inTurn()), broken, close };
});

describeSessionStore('process, on JSON lines', async () => {
  const { trail, close } = await openTrail();
  const sessions = new ProcessSessionStore(trail);
  const broken = new ProcessSessionStore(await closedTrail());
  return { sessions, audit: trail, failingAtRandom: withFaults(sessions, inTurn()), broken, close };
});

describeSessionGrants('process, on JSON lines', async () => {
  const { trail, close } = await openTrail();
  return { sessions: new ProcessSessionStore(trail), audit: trail, close };
});
