/** Whether a version is in a range, for the two kinds of range this project uses: `^a.b.c` and `>=a`. */
export function isInRange(version: string, range: string): boolean {
  const [kind, ...lowest] = /^(\^|>=)(\d+)(?:\.(\d+)\.(\d+))?$/.exec(range)?.slice(1) ?? [];
  const low = lowest.map((part) => Number(part));
  const [given, from] = [version.split('.').map(Number), low.map((part) => (Number.isNaN(part) ? 0 : part))];
  if (kind === undefined || given.length !== 3 || given.some(Number.isNaN)) {
    throw new RangeError(`not a plain version and range: ${version} ${range}`);
  }
  const fixed = kind === '>=' ? 0 : from[0] === 0 ? 2 : 1; // below 1.0.0 a minor version may break
  return isNotBelow(given, from) && given.slice(0, fixed).join() === from.slice(0, fixed).join();
}

function isNotBelow(given: readonly number[], from: readonly number[]): boolean {
  const first = given.findIndex((part, index) => part !== from[index]);
  return first === -1 || (given[first] ?? 0) > (from[first] ?? 0);
}
