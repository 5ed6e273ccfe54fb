import { get } from 'node:http';

/** The status of one GET on a connection of its own, so that none is left open for a graceful shutdown to wait for. */
export function probeStatus(url: string, timeoutMs = 1_000): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(
      url,
      { agent: false, timeout: timeoutMs, headers: { connection: 'close' } },
      (response) => {
        response.resume();
        response.once('error', reject);
        response.once('end', () => {
          resolve(response.statusCode ?? 0);
        });
      },
    );
    request.once('timeout', () => {
      request.destroy(new Error(`no answer from ${url} within ${timeoutMs} ms`));
    });
    request.once('error', reject);
  });
}
