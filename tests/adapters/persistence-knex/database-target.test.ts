import { afterEach, describe, expect, it, vi } from 'vitest';
import { databaseTarget } from '../../../adapters/persistence-knex/index.ts';

const transportOf = (rest: string): string | undefined =>
  databaseTarget(`postgres://lkps:canary@${rest}`)?.transport;

afterEach(() => vi.unstubAllEnvs());

describe('where a connection string leads', () => {
  it('is host, port and database, and never who logs in', () => {
    expect(databaseTarget('postgres://canary:canary@db.internal:6432/lkps?sslmode=verify-full')).toEqual({
      host: 'db.internal',
      port: 6432,
      database: 'lkps',
      transport: 'verified',
    });
  });

  it.each([
    'localhost/lkps',
    '127.0.0.1/lkps',
    '[::1]/lkps',
    'db/lkps?host=/var/run/postgresql',
    'localhost',
  ])('is this machine for %s', (rest) => {
    expect(transportOf(rest)).toBe('local');
  });

  it.each(['', '?sslmode=disable', '?ssl=0', '?host=db.elsewhere'])(
    'is readable on the way with %j',
    (query) => {
      expect(transportOf(`db.internal/lkps${query}`)).toBe('plaintext');
      expect(transportOf(`127.0.0.1.example.test/lkps${query}`)).toBe('plaintext');
    },
  );

  it.each(['sslmode=no-verify', 'ssl=no-verify', 'uselibpqcompat=true&sslmode=require'])(
    'may be anybody with %s',
    (query) => {
      expect(transportOf(`db.internal/lkps?${query}`)).toBe('unverified');
    },
  );

  it.each(['verify-full', 'verify-ca', 'require', 'prefer'])(
    'is the host of the certificate with sslmode=%s',
    (mode) => {
      expect(transportOf(`db.internal/lkps?sslmode=${mode}`)).toBe('verified');
    },
  );

  it('is what the environment of pg says where the string does not', () => {
    vi.stubEnv('PGSSLMODE', 'verify-full');
    expect(transportOf('db.internal/lkps')).toBe('verified');
    vi.stubEnv('PGSSLMODE', 'no-verify');
    expect(transportOf('db.internal/lkps')).toBe('unverified');
  });

  it('is not known where pg cannot use it', () => {
    expect(transportOf('db.internal/lkps?sslmode=verify-full&sslrootcert=/nowhere/ca.pem')).toBeUndefined();
  });
});
