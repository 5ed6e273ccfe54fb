import { Client } from 'pg';

/**
 * How what is said to the database travels. `verified`: in TLS, to the host that the certificate is for; `unverified`: in
 * TLS, to whoever answers; `plaintext`: to another host, readable on the way; `local`: it leaves no machine.
 */
export type DatabaseTransport = 'local' | 'verified' | 'unverified' | 'plaintext';

/** Where a connection string leads; holds no login and no password. */
export interface DatabaseTarget {
  /** A name, an address, or the directory of a socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly transport: DatabaseTransport;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|::1)$/;

/**
 * As pg reads it, its defaults and `PG*` variables included; connects to nothing. Undefined where pg cannot use it, say
 * because the file of its certificate authority is missing.
 */
export function databaseTarget(url: string): DatabaseTarget | undefined {
  try {
    const client = new Client({ connectionString: url });
    const { host, port, database = '' } = client;
    return { host, port, database, transport: transportOf(host, client.ssl) };
  } catch {
    return undefined;
  }
}

/** `sslmode` of pg 8: `prefer`, `require` and `verify-ca` check as `verify-full` does, `uselibpqcompat=true` excepted. */
function transportOf(host: string, ssl: unknown): DatabaseTransport {
  if (host.startsWith('/') || LOOPBACK.test(host)) {
    return 'local';
  }
  if (ssl === false || ssl === undefined) {
    return 'plaintext';
  }
  return isLax(ssl) ? 'unverified' : 'verified';
}

function isLax(ssl: unknown): boolean {
  if (typeof ssl !== 'object' || ssl === null) {
    return false;
  }
  return ('rejectUnauthorized' in ssl && ssl.rejectUnauthorized === false) || 'checkServerIdentity' in ssl;
}
