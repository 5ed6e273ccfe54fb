const WIDTH = 100;
const GAP = '  ';
/** Less of the last column is not worth showing. */
const LEAST_CELL = 10;

/**
 * Rows under their headings, as wide as what is in them. The last column is cut where the line would grow beyond `width`
 * characters; no cell can move the cursor.
 */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  width = WIDTH,
): string {
  const cells = [headings, ...rows.map((row) => row.map(printable))];
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) => `${lineOf(row, widths, width)}\n`).join('');
}

function lineOf(row: readonly string[], widths: readonly number[], width: number): string {
  const padded = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
  const line = padded.join(GAP).trimEnd();
  if (line.length <= width) {
    return line;
  }
  const withoutLast = padded.slice(0, -1).join(GAP);
  return withoutLast.length > width - LEAST_CELL ? withoutLast.trimEnd() : `${line.slice(0, width - 1)}…`;
}

/** Control characters, those that turn the direction of text, halves of pairs, and all that separates lines. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

function printable(cell: string): string {
  return cell.replaceAll(UNPRINTABLE, '?');
}

/** `2026-01-31 12:00:00`, UTC. */
export function utc(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ');
}

/** One line each; what a terminal would act on is escaped, so that the values are read back as they are. */
export function jsonLines(values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value).replaceAll(UNPRINTABLE, escaped)}\n`).join('');
}

function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

export function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
