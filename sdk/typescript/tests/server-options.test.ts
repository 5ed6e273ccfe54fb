import { describe, expect, it } from 'vitest';
import { serverOptions } from '../src/server.ts';
import { registration } from './support/registrations.ts';

const OWN = { agent: '/agent.js' };

describe("upstream's options", () => {
  it('are for development never full, and of a health that is shown to this machine only', async () => {
    const { loadFunc, host } = serverOptions(OWN, { registration: registration(), devmode: true });
    await expect(Reflect.apply(loadFunc, undefined, [])).resolves.toBe(0);
    expect(host).toBe('127.0.0.1');
  });

  it("are what the agent says where it says something, and upstream's with `start`", () => {
    const loadFunc = (): Promise<number> => Promise.resolve(0.5);
    const own = serverOptions(
      { ...OWN, loadFunc, host: '0.0.0.0' },
      { registration: registration(), devmode: true },
    );
    expect([own.loadFunc, own.host]).toEqual([loadFunc, '0.0.0.0']);
    expect(serverOptions(OWN, { registration: registration(), devmode: false }).host).toBe('0.0.0.0');
  });
});
