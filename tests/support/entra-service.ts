import type { StackFixture } from './stack-fixture.ts';

type Environment = Readonly<Record<string, string>>;

/** What the service must know to read the tokens of the stack's Entra, whose certificate no system trusts. */
export function trustInEntra({ stack }: StackFixture): Environment {
  const { accounts, entra } = stack;
  const { apps } = accounts;
  return {
    LKPS_ENTRA_TENANT_ID: accounts.tenantId,
    LKPS_ENTRA_AUTHORITY: entra.authority,
    LKPS_ENTRA_AUDIENCES: entra.audiences.join(','),
    LKPS_ENTRA_CLIENTS: Object.values(apps)
      .filter(({ clientId }) => clientId !== apps['client-unlisted'].clientId)
      .map(({ clientId }) => clientId)
      .join(','),
    NODE_EXTRA_CA_CERTS: entra.caFile,
  };
}

/** The environment of a service that no Ocelot stands in front of: it reads Entra's tokens itself. */
export function withoutOcelot(fixture: StackFixture): Environment {
  const { LKPS_PROXY_PROOF, LKPS_PROXY_SECRETS, LKPS_APPLICATION_EVIDENCE, ...env } = fixture.stack.lkpsEnv;
  if ([LKPS_PROXY_PROOF, LKPS_PROXY_SECRETS, LKPS_APPLICATION_EVIDENCE].includes(undefined)) {
    throw new Error('the stack is not behind Ocelot');
  }
  return { ...env, ...trustInEntra(fixture), LKPS_IDENTITY: 'entra' };
}
