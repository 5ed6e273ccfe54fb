/** The fewest lines that go (`-`) and come (`+`) between two texts, in the order in which `diff` shows them. */
export function changedLines(before: string, after: string): readonly string[] {
  const [old, next] = [before.split('\n'), after.split('\n')];
  // kept[i][j]: how many lines are common to what follows line i of the one and line j of the other.
  const kept = Array.from({ length: old.length + 1 }, () => new Uint16Array(next.length + 1));
  const at = (i: number, j: number): number => kept[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = next.length - 1; j >= 0; j -= 1) {
      const longest = old[i] === next[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
      kept[i]?.fill(longest, j, j + 1);
    }
  }
  const changes: string[] = [];
  for (let [i, j] = [0, 0]; i < old.length || j < next.length;) {
    if (i < old.length && j < next.length && old[i] === next[j]) {
      i += 1;
      j += 1;
    } else if (j >= next.length || (i < old.length && at(i + 1, j) >= at(i, j + 1))) {
      changes.push(`-${old[i] ?? ''}`);
      i += 1;
    } else {
      changes.push(`+${next[j] ?? ''}`);
      j += 1;
    }
  }
  return changes;
}
