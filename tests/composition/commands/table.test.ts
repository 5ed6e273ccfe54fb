import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonLines, table } from '../../../composition/commands/table.ts';

/** Escape, C1 introducer, delete, line ends of every kind, and what turns the direction of text. */
const ACTING = [
  '\u001b[2J',
  '\u009b2J',
  '\u007f',
  '\r\n',
  '\u0085',
  '\u2028',
  '\u2029',
  '\u202e',
  '\u2067',
  '\ufeff',
];
const ACTED_ON = /[^\P{C}\n]|[\p{Zl}\p{Zp}]/u;

const values = fc
  .array(fc.oneof(fc.constantFrom(...ACTING), fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 4 })
  .map((parts) => parts.join(''));

describe('what is in a list', () => {
  it.each(ACTING)('never reaches the terminal as something it acts on: %j', (text) => {
    expect(table(['A', 'B'], [[`x${text}y`, text]])).not.toMatch(ACTED_ON);
    expect(jsonLines([{ [text]: `x${text}y` }])).not.toMatch(ACTED_ON);
  });

  it('is one line a row, none of which a terminal acts on, whatever the values', () => {
    const lists = fc.array(fc.tuple(values, values), { maxLength: 5 });
    fc.assert(
      fc.property(lists, (rows) => {
        const [shown, json] = [table(['A', 'B'], rows), jsonLines(rows)];
        expect(`${shown}${json}`).not.toMatch(ACTED_ON);
        expect(shown.split('\n')).toHaveLength(rows.length + 2);
        expect(json.split('\n')).toHaveLength(rows.length + 1);
      }),
    );
  });

  it('is read back from JSON as it was', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(JSON.parse(jsonLines([{ value }]))).toEqual({ value });
      }),
    );
  });

  it('is shown as it is where it is text of any script', () => {
    expect(table(['WHO'], [['Ada Ünï 李 🎧']])).toBe('WHO\nAda Ünï 李 🎧\n');
    expect(jsonLines([{ who: 'Ada Ünï 李 🎧' }])).toBe('{"who":"Ada Ünï 李 🎧"}\n');
  });
});
