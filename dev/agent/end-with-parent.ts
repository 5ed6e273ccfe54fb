/**
 * Ends a job process together with the worker that started it, however that ended.
 *
 * The library's own watch takes 15 s; killed rather than exited, since the native client crashes on an exit in mid-use.
 */
export function endWithParent(): void {
  const end = (): void => {
    process.kill(process.pid, 'SIGKILL');
  };
  if (!process.connected) end();
  process.once('disconnect', end);
}
