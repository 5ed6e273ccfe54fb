import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../adapters/persistence-knex/index.ts';
import { checkedDatabase } from '../../composition/checked-database.ts';
import { StartError } from '../../composition/start-error.ts';

function recording(): { readonly database: Database; readonly used: string[] } {
  const used: string[] = [];
  const use = (what: string): Promise<never> => {
    used.push(what);
    return Promise.resolve(undefined as never); // nobody looks at it
  };
  const database: Database = {
    read: use,
    transact: use,
    close: () => Promise.resolve(),
  };
  return { database, used };
}
const nothing = (): Promise<void> => Promise.resolve();

describe('a database that must be fit', () => {
  it('is not used while the check fails, and asks again with the next use', async () => {
    const { database, used } = recording();
    let isFit = false;
    let checks = 0;
    const checked = checkedDatabase(database, () => {
      checks += 1;
      return isFit ? Promise.resolve() : Promise.reject(new StartError('unfit'));
    });
    const refused = checked.transact('first', nothing);
    await expect(refused).rejects.toMatchObject({ code: 'audit_unavailable', message: 'unfit' });
    await expect(checked.checked()).rejects.toThrow(StartError);
    await expect(checked.read('first', (on) => on.raw('never sent'))).rejects.toThrow('unfit');
    expect([used, checks]).toEqual([[], 3]);
    isFit = true;
    await checked.transact('second', nothing);
    await checked.read('third', (on) => on.raw('never sent'));
    expect([used, checks]).toEqual([['second', 'third'], 4]);
  });

  it('is checked once for all who ask at the same time, and none of them slips by', async () => {
    const { database, used } = recording();
    let checks = 0;
    const pass: (() => void)[] = [];
    const checked = checkedDatabase(database, () => {
      checks += 1;
      return new Promise((resolve) => pass.push(resolve));
    });
    const all = Promise.all(['a', 'b', 'c'].map((what) => checked.transact(what, nothing)));
    await delay(20);
    expect([used, checks]).toEqual([[], 1]);
    pass[0]?.();
    await all;
    expect([used, checks]).toEqual([['a', 'b', 'c'], 1]);
  });

  it('keeps nobody waiting for a check that hangs', async () => {
    const { database, used } = recording();
    const checked = checkedDatabase(database, () => new Promise(() => undefined));
    await expect(checked.transact('first', nothing)).rejects.toMatchObject({ code: 'audit_unavailable' });
    expect(used).toEqual([]);
  });
});
