import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  classifyCaller,
  mayBeApplication,
  parseClientId,
  type ApplicationEvidence,
  type CallerClaims,
} from '../../core/index.ts';
import { clientIds, displayNames, emails, objectIds } from '../support/arbitraries.ts';
import { ADA, CLIENT, servicePrincipalOf } from '../support/platform-cast.ts';

const AZURE_CLI = parseClientId('04b07795-8ddb-461a-bbee-02f9e1bf7b46');
const AZURE_POWERSHELL = parseClientId('1950a258-227b-4e31-a9cf-717495945fc2');
const PRINCIPAL = servicePrincipalOf(CLIENT);

const asServicePrincipal: CallerClaims = { clientId: CLIENT, userId: PRINCIPAL, mentionsUser: true };
const directory: ApplicationEvidence = { source: 'directory', servicePrincipalId: PRINCIPAL };
const headers: ApplicationEvidence = { source: 'headers' };

describe('with the directory as evidence, a caller', () => {
  it('is the application when its user id is the service principal of its client', () => {
    expect(classifyCaller(asServicePrincipal, directory)).toStrictEqual({
      kind: 'application',
      clientId: CLIENT,
    });
  });

  it('is a user when its user id is anybody else', () => {
    const claims = { ...asServicePrincipal, userId: ADA };
    expect(classifyCaller(claims, directory)).toStrictEqual({ kind: 'user', clientId: CLIENT, userId: ADA });
  });

  it('is no application for want of an e-mail address: user tokens often have none', () => {
    const claims: CallerClaims = { clientId: CLIENT, userId: ADA, mentionsUser: true };
    expect(classifyCaller(claims, { source: 'directory', servicePrincipalId: undefined }).kind).toBe('user');
  });

  it('is no application when neither it nor the directory names anybody', () => {
    const claims: CallerClaims = { clientId: CLIENT, mentionsUser: false };
    const nobody: ApplicationEvidence = { source: 'directory', servicePrincipalId: undefined };
    expect(classifyCaller(claims, nobody)).toStrictEqual({ kind: 'user', clientId: CLIENT });
    expect(classifyCaller(claims, directory)).toStrictEqual({ kind: 'user', clientId: CLIENT });
  });
});

describe('with headers as evidence, a caller', () => {
  it('is the application when no header speaks of a user', () => {
    const claims: CallerClaims = { clientId: CLIENT, mentionsUser: false };
    expect(classifyCaller(claims, headers)).toStrictEqual({ kind: 'application', clientId: CLIENT });
  });

  it('is a user as soon as one does, even an empty one', () => {
    expect(classifyCaller({ clientId: CLIENT, mentionsUser: true }, headers).kind).toBe('user');
  });
});

describe('whatever the evidence', () => {
  const evidence = fc.constantFrom(directory, headers);

  it.each([
    ['an e-mail address', { email: 'ada@example.test' }],
    ['a name', { displayName: 'Ada' }],
    ['the Azure CLI', { clientId: AZURE_CLI }],
    ['Azure PowerShell', { clientId: AZURE_POWERSHELL }],
  ] as const)('%s makes a caller a user, and nobody needs to look further', (_, claim) => {
    fc.assert(
      fc.property(evidence, fc.boolean(), (source, mentionsUser) => {
        const claims = { ...asServicePrincipal, mentionsUser, ...claim };
        expect(mayBeApplication(claims)).toBe(false);
        expect(classifyCaller(claims, source)).toMatchObject({ kind: 'user', userId: PRINCIPAL });
      }),
    );
  });

  it('a user keeps exactly what was claimed, and an application nothing of it', () => {
    const claims: fc.Arbitrary<CallerClaims> = fc.record(
      {
        clientId: clientIds,
        userId: objectIds,
        email: emails,
        displayName: displayNames,
        mentionsUser: fc.boolean(),
      },
      { requiredKeys: ['clientId', 'mentionsUser'] },
    );
    fc.assert(
      fc.property(claims, evidence, ({ mentionsUser, ...claimed }, source) => {
        const caller = classifyCaller({ mentionsUser, ...claimed }, source);
        const { clientId } = claimed;
        expect(caller).toStrictEqual(
          caller.kind === 'user' ? { kind: 'user', ...claimed } : { kind: 'application', clientId },
        );
      }),
    );
  });
});
