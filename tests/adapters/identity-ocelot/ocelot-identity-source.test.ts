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

describeIdentitySource('Ocelot', () => {
  const directory = new CountingDirectory();
  return Promise.resolve({
    source: ocelotSource({ directory }),
    proven: [
      { credential: asApplication(), principal: { kind: 'application', clientId: client } },
      {
        credential: asApplication({ [PROOF_HEADER]: NEXT_PROOF }),
        principal: { kind: 'application', clientId: client },
      },
      { credential: asUser(), principal: { kind: 'user', clientId: client, userId: user, ...ada } },
      { credential: asUser(noMail), principal: { kind: 'user', clientId: client, userId: user } },
      { credential: asApplication({ 'user-id': undefined }), principal: { kind: 'user', clientId: client } },
    ],
    unproven: [
      headersOf([]),
      asApplication({ [PROOF_HEADER]: undefined }),
      asApplication({ [PROOF_HEADER]: 'x'.repeat(35) }),
      withLine(asApplication(), PROOF_HEADER, NEXT_PROOF),
      asUser({ [PROOF_HEADER]: '' }),
    ],
    doubtful: [
      asApplication({ 'client-id': undefined }),
      asApplication({ 'client-id': 'not-a-guid' }),
      withLine(asApplication(), 'client-id', client),
      withLine(asApplication(), 'client_id', client),
      asUser({ 'user-id': servicePrincipal }),
      asUser({ 'x-bayer-user': 'eve@example.test' }),
      asUser({ 'user-profile': '[]' }),
    ],
    lookUps: () => directory.lookUps,
    withoutEvidence: {
      source: ocelotSource({ directory: unavailableDirectory }),
      credential: asApplication(),
    },
    close: () => Promise.resolve(),
  });
});
