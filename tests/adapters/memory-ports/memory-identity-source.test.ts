import { describeIdentitySource } from '../../contract/identity-source.contract.ts';
import { MemoryIdentitySource } from '../../support/memory-identity-source.ts';
import { client, user } from '../../support/ocelot-callers.ts';

describeIdentitySource('memory', () => {
  const source = new MemoryIdentitySource();
  const principals = [
    { kind: 'application', clientId: client },
    { kind: 'user', clientId: client, userId: user, email: 'ada@example.test' },
    { kind: 'user', clientId: client },
  ] as const;
  return Promise.resolve({
    source,
    proven: principals.map((principal) => ({ principal, credential: { headers: source.enrol(principal) } })),
    unproven: [
      { headers: new Map([['client-id', [client]]]) },
      { headers: new Map([['authorization', ['Bearer of-nobody']]]) },
    ],
    doubtful: [
      { headers: new Map<string, readonly string[]>() },
      { headers: new Map([['authorization', ['Bearer caller-1', 'Bearer caller-1']]]) },
      { headers: new Map([['authorization', ['Bearer caller-1, Bearer caller-2']]]) },
    ],
    close: () => Promise.resolve(),
  });
});
