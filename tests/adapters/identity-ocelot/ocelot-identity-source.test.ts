import type { HttpCredential, HttpHeaders } from '../../../adapters/http/index.ts';
import { PROOF_HEADER } from '../../../adapters/identity-ocelot/index.ts';
import { describeIdentitySource } from '../../contract/identity-source.contract.ts';
import {
  asApplication,
  asUser,
  client,
  headersOf,
  NEXT_PROOF,
  servicePrincipal,
  user,
  withLine,
} from '../../support/ocelot-callers.ts';
import { CountingDirectory, ocelotSource, unavailableDirectory } from '../../support/ocelot-source.ts';

const noMail = { 'x-bayer-user': undefined, 'user-profile': undefined };
const ada = { email: 'ada@example.test', displayName: 'Ada Ünï' };

const asCredential = (headers: HttpHeaders): HttpCredential => ({ headers });

describeIdentitySource('Ocelot', () => {
  const directory = new CountingDirectory();
  return Promise.resolve({
    source: ocelotSource({ directory }),
    proven: [
      { credential: { headers: asApplication() }, principal: { kind: 'application', clientId: client } },
      {
        credential: { headers: asApplication({ [PROOF_HEADER]: NEXT_PROOF }) },
        principal: { kind: 'application', clientId: client },
      },
      {
        credential: { headers: asUser() },
        principal: { kind: 'user', clientId: client, userId: user, ...ada },
      },
      {
        credential: { headers: asUser(noMail) },
        principal: { kind: 'user', clientId: client, userId: user },
      },
      {
        credential: { headers: asApplication({ 'user-id': undefined }) },
        principal: { kind: 'user', clientId: client },
      },
    ],
    unproven: [
      headersOf([]),
      asApplication({ [PROOF_HEADER]: undefined }),
      asApplication({ [PROOF_HEADER]: 'x'.repeat(35) }),
      withLine(asApplication(), PROOF_HEADER, NEXT_PROOF),
      asUser({ [PROOF_HEADER]: '' }),
    ].map(asCredential),
    doubtful: [
      asApplication({ 'client-id': undefined }),
      asApplication({ 'client-id': 'not-a-guid' }),
      withLine(asApplication(), 'client-id', client),
      withLine(asApplication(), 'client_id', client),
      asUser({ 'user-id': servicePrincipal }),
      asUser({ 'x-bayer-user': 'eve@example.test' }),
      asUser({ 'user-profile': '[]' }),
    ].map(asCredential),
    lookUps: () => directory.lookUps,
    withoutEvidence: {
      source: ocelotSource({ directory: unavailableDirectory }),
      credential: { headers: asApplication() },
    },
    close: () => Promise.resolve(),
  });
});
