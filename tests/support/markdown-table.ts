/** The rows of the tables between a heading and the next one, without code marks, rulers and first rows. */
export function rowsUnder(markdown: string, heading: string): readonly (readonly string[])[] {
  const [, section = ''] = markdown.split(`\n${heading}\n`);
  const lines = (section.split(/\n##+ /)[0] ?? '').split('\n');
  const isRuler = (line: string | undefined): boolean => /^\|[\s|:-]+\|$/.test(line ?? '');
  return lines
    .filter((line, index) => line.startsWith('|') && !isRuler(line) && !isRuler(lines[index + 1]))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
}
