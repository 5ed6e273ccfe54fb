import { describe, expect, it } from 'vitest';
import { PROOF_HEADER } from '../../../adapters/identity-ocelot/index.ts';
import {
  asApplication,
  asUser,
  client,
  headersOf,
  NEXT_PROOF,
  onTheWire,
  PROOF,
  withLine,
} from '../../support/ocelot-callers.ts';
import { callerOf, CountingDirectory, ocelotSource } from '../../support/ocelot-source.ts';

const application = { kind: 'application', clientId: client };

describe('rule 1: proof that the request came through Ocelot, before identity is read', () => {
  it('accepts the old and the new secret during a rotation, and each alone before and after', async () => {
    const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
    const withOld = asApplication({ [PROOF_HEADER]: PROOF });
    const withNew = asApplication({ [PROOF_HEADER]: NEXT_PROOF });
    expect(await callerOf(withOld)).toEqual(application);
    expect(await callerOf(withNew)).toEqual(application);
    const after = ocelotSource({ proof: { secrets: [utf8(NEXT_PROOF)] } });
    expect(await callerOf(withNew, after)).toEqual(application);
    expect(await callerOf(withOld, after)).toBe('proxy_proof_wrong');
  });

  it('rejects a request without it', async () => {
    expect(await callerOf(asApplication({ [PROOF_HEADER]: undefined }))).toBe('proxy_proof_missing');
    expect(await callerOf(asUser({ [PROOF_HEADER]: undefined }))).toBe('proxy_proof_missing');
  });

  it.for([
    ['nothing', ''],
    ['another secret', 'wrong-proof-of-at-least-32-bytes!!!'],
    ['the beginning of it', PROOF.slice(0, -1)],
    ['more than it', `${PROOF}x`],
    ['it in capitals', PROOF.toUpperCase()],
    ['both secrets, joined', `${PROOF}, ${NEXT_PROOF}`],
    ['a quoted secret', `"${PROOF}"`],
  ])('rejects %s in its place', async ([, proof = '']) => {
    expect(await callerOf(asApplication({ [PROOF_HEADER]: proof }))).toBe('proxy_proof_wrong');
  });

  it('rejects it when it comes twice, even twice right: the caller may have written one', async () => {
    expect(await callerOf(withLine(asApplication(), PROOF_HEADER, PROOF))).toBe('proxy_proof_wrong');
    expect(await callerOf(withLine(asApplication(), PROOF_HEADER, NEXT_PROOF))).toBe('proxy_proof_wrong');
  });

  it.for([
    ['no secret', []],
    ['an empty one, which an empty header would give', ['']],
    ['a short one beside a long one', [PROOF, 'x'.repeat(31)]],
  ] as const)('is never made of %s', ([, secrets]) => {
    const proof = { secrets: secrets.map((secret) => new TextEncoder().encode(secret)) };
    expect(() => ocelotSource({ proof })).toThrow(RangeError);
  });

  it('compares bytes, not characters', async () => {
    const secret = 'prüf-geheimnis-mit-mehr-als-32-bytes';
    const source = ocelotSource({ proof: { secrets: [new TextEncoder().encode(secret)] } });
    expect(await callerOf(asApplication({ [PROOF_HEADER]: onTheWire(secret) }), source)).toEqual(application);
    expect(await callerOf(asApplication({ [PROOF_HEADER]: secret }), source)).toBe('proxy_proof_wrong');
  });

  it('reads nothing of the identity before it: whatever is wrong with it, the proof is what is said', async () => {
    const directory = new CountingDirectory();
    const source = ocelotSource({ directory });
    const unread = [
      headersOf([]),
      asApplication({ [PROOF_HEADER]: undefined, 'client-id': 'not-a-guid' }),
      withLine(asApplication({ [PROOF_HEADER]: undefined }), 'client_id', client),
      asUser({ [PROOF_HEADER]: undefined, 'user-profile': '{' }),
      asApplication({ [PROOF_HEADER]: undefined }),
    ];
    for (const headers of unread) {
      expect(await callerOf(headers, source)).toBe('proxy_proof_missing');
    }
    expect(directory.lookUps).toBe(0);
  });

  it('is not asked for where the network alone guarantees Ocelot, and the other rules stay', async () => {
    const source = ocelotSource({ proof: 'network' });
    expect(await callerOf(asApplication({ [PROOF_HEADER]: undefined }), source)).toEqual(application);
    const twice = withLine(asApplication({ [PROOF_HEADER]: undefined }), 'client-id', client);
    expect(await callerOf(twice, source)).toBe('identity_header_repeated');
  });
});
