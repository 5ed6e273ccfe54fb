import { generate } from 'selfsigned';

const LIFETIME_MS = 30 * 24 * 3_600_000;

export interface Certificate {
  readonly key: string;
  /** Also what clients have to trust: it is its own authority and, being no CA, nobody else's. */
  readonly cert: string;
}

/** For localhost. Strict verifiers (OpenSSL's X509_STRICT, Python 3.13) accept it as its own trust anchor. */
export async function createCertificate(): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + LIFETIME_MS),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { key, cert };
}
