import { initializeLogger } from '@livekit/agents';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createServer } from '../src/server.ts';
import { readStrictUrl } from '../src/strict-url.ts';
import { registration } from './support/registrations.ts';

describe('an address', () => {
  const label = fc.stringMatching(/^([A-Za-z0-9_-]{1,6}|xn--[a-z0-9-]{0,6}|0[xX][0-9a-f]{0,4}|[0-9]{1,4})$/);
  const host = fc.oneof(
    fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.')),
    fc.ipV4Extended(),
    fc.ipV6().map((address) => `[${address}]`),
  );
  const port = fc.oneof(
    fc.constant(''),
    fc.nat(70_000).map((number) => `:${number}`),
  );
  const path = fc.oneof(fc.constant(''), fc.webPath());

  it('that is taken can be connected to, at the very host and port that it has', () => {
    fc.assert(
      fc.property(host, port, path, (host, port, path) => {
        const text = `wss://${host}${port}${path}`;
        fc.pre(readStrictUrl(text) !== undefined);
        const url = new URL(`${text}/agent`);
        const at = port === ':443' ? '' : port;
        if (host.startsWith('[')) expect(url.port).toBe(at.slice(1));
        else expect(url.host).toBe(`${host.toLowerCase()}${at}`);
      }),
    );
  });

  it.each(['999.1.1.1', '1.2.3.4.5', '0x7f.1', '127.1', 'lkps.0x', '0X7F', 'a.09', '[::127.1]', '1.2.3.04'])(
    'whose host parsers refuse or read as another is not taken: %s',
    (host) => {
      expect(readStrictUrl(`wss://${host}`)).toBeUndefined();
    },
  );
});

it('a renewal never fails because of the address in it', () => {
  initializeLogger({ pretty: false, level: 'silent' });
  const execArgv = [...process.execArgv];
  const parts = { registration: registration(), devmode: true };
  const server = createServer({ agent: '/agent.js' }, parts, () => Promise.resolve());
  process.execArgv = execArgv;
  expect(() => {
    server.moveTo(registration({ livekitUrl: 'wss://10.0.0.256' }));
  }).not.toThrow();
});
