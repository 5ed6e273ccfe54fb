import { jwtVerify } from 'jose';
import { describeTokenIssuer } from '../../contract/token-issuer.contract.ts';
import { MemoryTokenIssuer } from '../../support/memory-token-issuer.ts';

describeTokenIssuer('memory', () => {
  const key = { id: 'a-key', secret: 'a-secret-of-the-memory-issuer-of-32-bytes' };
  const verifyWith = async (secret: string, jwt: string, at: Date): Promise<unknown> => {
    const bytes = new TextEncoder().encode(secret);
    return (await jwtVerify(jwt, bytes, { currentDate: at, algorithms: ['HS256'] })).payload;
  };
  return Promise.resolve({
    issuer: new MemoryTokenIssuer(key),
    signingKeyId: key.id,
    verify: (jwt, at) => verifyWith(key.secret, jwt, at),
    verifyWithAnotherKey: (jwt, at) => verifyWith('another-secret-of-the-same-length-or-so', jwt, at),
    close: () => Promise.resolve(),
  });
});
