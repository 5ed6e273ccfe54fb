import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startLkpsOnLambda } from '../../dev/lambda/lkps-on-lambda.ts';
import { alive } from './processes.ts';

const toy = fileURLToPath(new URL('./fixtures/lambda-toy/index.mjs', import.meta.url));

describe('the service on Lambda', () => {
  it('says what to run where there is no bundle', async () => {
    const starting = startLkpsOnLambda({ kind: 'rest', env: {}, bundle: `${toy}.missing` });
    await expect(starting).rejects.toThrow('npm run build:lambda');
  });

  it('runs its bundle alone in a directory, starts with the first request, and leaves nothing', async () => {
    const lkps = await startLkpsOnLambda({ kind: 'rest', env: { LKPS_REGION: 'eu' }, bundle: toy });
    expect(lkps.gateway.coldStarts).toBe(0);
    const response = await fetch(`${lkps.url}/env`);
    const env = (await response.json()) as Readonly<Record<string, string>>;
    const { LKPS_REGION: region, LAMBDA_TASK_ROOT: taskRoot = '' } = env;
    expect(region).toBe('eu');
    expect(taskRoot.startsWith(process.cwd())).toBe(false);
    await access(taskRoot);
    const pids = lkps.gateway.environments.map(({ pid }) => pid);
    expect(pids).toHaveLength(1);
    await lkps.stop();
    expect(alive(pids)).toEqual([]);
    await expect(access(taskRoot)).rejects.toThrow('ENOENT');
  });
});
