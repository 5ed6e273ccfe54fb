const INTERVAL_MS = 250;

/**
 * `npm run` does not always pass SIGTERM on: npm is gone, its shell too, and the program stays. So what npm started calls
 * back when it has lost its parent. Started otherwise, it may well be meant to outlive its shell.
 */
export function onOrphaned(callback: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    callback();
  }, INTERVAL_MS);
  watch.unref();
}
