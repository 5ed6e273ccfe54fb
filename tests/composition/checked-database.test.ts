import { describe, expect, it } from 'vitest';
import type { Database } from '../../adapters/persistence-knex/index.ts';
import { checkedDatabase } from '../../composition/checked-database.ts';

function recording(): { readonly database: Database; readonly used: string[] } {
  const used: string[] = [];
  const database: Database = {
    transact: (what) => {
      used.push(what);
      return Promise.resolve(undefined as never); // nobody looks at it
    },
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
      return isFit ? Promise.resolve() : Promise.reject(new Error('unfit'));
    });
    await expect(checked.transact('first', nothing)).rejects.toThrow('unfit');
    await expect(checked.checked()).rejects.toThrow('unfit');
    expect([used, checks]).toEqual([[], 2]);
    isFit = true;
    await checked.transact('second', nothing);
    await checked.transact('third', nothing);
    expect([used, checks]).toEqual([['second', 'third'], 3]);
  });

  it('is checked once for all who ask at the same time', async () => {
    const { database, used } = recording();
    let checks = 0;
    const checked = checkedDatabase(database, async () => {
      checks += 1;
      await Promise.resolve();
    });
    await Promise.all(['a', 'b', 'c'].map((what) => checked.transact(what, nothing)));
    expect([used.length, checks]).toEqual([3, 1]);
  });
});
