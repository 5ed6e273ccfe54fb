import { jwtVerify } from 'jose';
import { RoomServiceClient, TokenVerifier } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeProtectedHeader } from 'jose';
import { LiveKitTokenIssuer } from '../../../adapters/livekit/index.ts';
import {
  parseTokenTtlSeconds,
  participantIdentityOf,
  participantToken,
  type RoomName,
  type TokenSpec,
} from '../../../core/index.ts';
import { describeTokenIssuer } from '../../contract/token-issuer.contract.ts';
import { anyRequest } from '../../contract/room-dispatcher.contract.ts';
import { holds } from '../../support/arbitraries.ts';
import { CountingIds } from '../../support/counting-ids.ts';
import {
  LIVEKIT_START_MS,
  openLiveKit,
  randomKey,
  secretText,
  type TestLiveKit,
} from '../../support/livekit-server.ts';
import { agentTokenSpecs, claimsOf, tokenSpecs, withForgedClaims } from '../../support/livekit-tokens.ts';
import { client } from '../../support/ocelot-callers.ts';

describeTokenIssuer('LiveKit', () => {
  const key = randomKey('signing');
  const verifyWith = async (secret: Uint8Array, jwt: string, at: Date): Promise<unknown> => {
    return (await jwtVerify(jwt, secret, { currentDate: at, algorithms: ['HS256'] })).payload;
  };
  return Promise.resolve({
    issuer: new LiveKitTokenIssuer(key),
    signingKeyId: key.id,
    verify: (jwt, at) => verifyWith(key.secret, jwt, at),
    verifyWithAnotherKey: (jwt, at) => verifyWith(randomKey(key.id).secret, jwt, at),
    close: () => Promise.resolve(),
  });
});

describe('LiveKitTokenIssuer', () => {
  const key = randomKey('signing');
  const issuer = new LiveKitTokenIssuer(key);

  it('signs with HS256 and shows nothing in the header but that', () =>
    holds(tokenSpecs, async (spec) => {
      const { jwt } = await issuer.issue(spec);
      expect(decodeProtectedHeader(jwt)).toEqual({ alg: 'HS256', typ: 'JWT' });
    }));

  it('is understood by the verifier of LiveKit’s own SDK, with the right key only', () =>
    holds(
      agentTokenSpecs,
      async (drawn) => {
        const spec = issuedAt(drawn, new Date());
        const { jwt } = await issuer.issue(spec);
        const claims = await new TokenVerifier(key.id, secretText(key)).verify(jwt);
        expect(claims).toEqual(claimsOf(spec, key.id));
        const anotherSecret = new TokenVerifier(key.id, secretText(randomKey(key.id))).verify(jwt);
        await expect(anotherSecret).rejects.toThrow('signature');
        const anotherId = new TokenVerifier('another', secretText(key)).verify(jwt);
        await expect(anotherId).rejects.toThrow('iss');
      },
      { numRuns: 20 },
    ));

  it('never falls back to the keys of the environment', async () => {
    process.env['LIVEKIT_API_KEY'] = 'key-of-the-environment';
    process.env['LIVEKIT_API_SECRET'] = 'secret-of-the-environment-of-32-bytes';
    try {
      const { jwt, signingKeyId } = await issuer.issue(seat(anyRequest().room, new Date()));
      expect(signingKeyId).toBe(key.id);
      await expect(jwtVerify(jwt, key.secret, { issuer: key.id })).resolves.toBeDefined();
      const without = new LiveKitTokenIssuer({ id: '', secret: new Uint8Array() });
      await expect(without.issue(seat(anyRequest().room, new Date()))).rejects.toThrow();
    } finally {
      delete process.env['LIVEKIT_API_KEY'];
      delete process.env['LIVEKIT_API_SECRET'];
    }
  });
});

describe('a participant token at the real LiveKit server', () => {
  let livekit: TestLiveKit;
  let room: RoomName;
  let otherRoom: RoomName;
  beforeAll(async () => {
    livekit = await openLiveKit();
    [room, otherRoom] = [anyRequest().room, anyRequest().room];
    const rooms = new RoomServiceClient(livekit.url, livekit.apiKey.id, secretText(livekit.apiKey));
    await rooms.createRoom({ name: room });
    await rooms.createRoom({ name: otherRoom });
  }, LIVEKIT_START_MS);
  afterAll(() => livekit.stop());

  /** What the server says to somebody who wants to join with the token. */
  const validate = async (jwt: string): Promise<number> => {
    const response = await fetch(`${livekit.url}/rtc/validate?access_token=${jwt}`);
    await response.arrayBuffer();
    return response.status;
  };
  const issue = async (spec: TokenSpec): Promise<string> => {
    return (await new LiveKitTokenIssuer(livekit.apiKey).issue(spec)).jwt;
  };

  it('opens its room', async () => {
    expect(await validate(await issue(seat(room, new Date())))).toBe(200);
  });

  it('opens no room that is not there: it cannot make one', async () => {
    expect(await validate(await issue(seat(anyRequest().room, new Date())))).toBe(404);
  });

  it('opens nothing once its room claim was edited', async () => {
    const jwt = await issue(seat(room, new Date()));
    const forged = withForgedClaims(jwt, (claims) => ({
      ...claims,
      video: { roomJoin: true, room: otherRoom, canPublish: true, canSubscribe: true },
    }));
    expect(await validate(forged)).toBe(401);
  });

  it('opens nothing after it expired', async () => {
    const threeMinutesAgo = new Date(Date.now() - 180_000);
    expect(await validate(await issue(seat(room, threeMinutesAgo, 30)))).toBe(401);
  });

  it('opens nothing when another key signed it under the same id', async () => {
    const { jwt } = await new LiveKitTokenIssuer(randomKey(livekit.apiKey.id)).issue(seat(room, new Date()));
    expect(await validate(jwt)).toBe(401);
  });

  it('calls nothing of the server’s API', async () => {
    const jwt = await issue(seat(room, new Date()));
    for (const method of [
      'RoomService/DeleteRoom',
      'RoomService/ListRooms',
      'AgentDispatchService/CreateDispatch',
    ]) {
      const response = await fetch(`${livekit.url}/twirp/livekit.${method}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${jwt}`, 'content-type': 'application/json' },
        body: JSON.stringify({ room, agent_name: 'any' }),
      });
      await response.arrayBuffer();
      expect([method, response.status]).toEqual([method, 401]);
    }
  });
});

const ids = new CountingIds();

function seat(room: RoomName, at: Date, ttlSeconds = 60): TokenSpec {
  const caller = { kind: 'application', clientId: client } as const;
  const identity = participantIdentityOf(caller);
  if (identity === undefined) {
    throw new Error('an application has an identity');
  }
  return participantToken(
    { sessionId: ids.sessionId(), room, identity, caller, requestId: ids.requestId() },
    { tokenId: ids.tokenId(), issuedAt: at, ttlMs: parseTokenTtlSeconds(ttlSeconds) },
  );
}

/** The same token as if it were issued at another time. */
function issuedAt(spec: TokenSpec, at: Date): TokenSpec {
  const start = Math.floor(at.getTime() / 1000) * 1000;
  const lifeMs = spec.expiresAt.getTime() - spec.issuedAt.getTime();
  return { ...spec, issuedAt: new Date(start), expiresAt: new Date(start + lifeMs) };
}
