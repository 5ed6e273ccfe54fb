import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PAYLOAD_LIMIT_BYTES, RuntimeApi } from '../../dev/lambda/runtime-api.ts';

const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:toy';

let api: RuntimeApi;
beforeEach(async () => {
  api = await RuntimeApi.start(ARN);
});
afterEach(() => api.stop());

function get(path: string): Promise<Response> {
  return fetch(`http://${api.address}/2018-06-01/runtime${path}`);
}
function post(path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://${api.address}/2018-06-01/runtime${path}`, { method: 'POST', body, headers });
}
async function take(): Promise<{ readonly id: string; readonly response: Response }> {
  const response = await get('/invocation/next');
  return { id: response.headers.get('lambda-runtime-aws-request-id') ?? '', response };
}

describe('the Runtime API', () => {
  it('hands out an event with its id, deadline and function, and takes the result', async () => {
    const deadlineMs = Date.now() + 1_000;
    const result = api.invoke({ a: 1 }, deadlineMs);
    const { id, response } = await take();
    expect(await response.json()).toEqual({ a: 1 });
    expect(response.headers.get('lambda-runtime-deadline-ms')).toBe(String(deadlineMs));
    expect(response.headers.get('lambda-runtime-invoked-function-arn')).toBe(ARN);
    expect((await post(`/invocation/${id}/response`, '{"b":2}')).status).toBe(202);
    expect(await result).toEqual({ b: 2 });
  });

  it('lets a runtime wait for an event that comes later', async () => {
    const waiting = take();
    await api.idle();
    const result = api.invoke('late', 0);
    const { id } = await waiting;
    await post(`/invocation/${id}/response`, '"answer"');
    expect(await result).toBe('answer');
  });

  it('takes one answer to each invocation, of an id it gave out', async () => {
    const result = api.invoke({}, 0);
    expect((await post('/invocation/unknown/response', '1')).status).toBe(400);
    const { id } = await take();
    expect((await get('/invocation/next')).status).toBe(403);
    expect((await post(`/invocation/${id}x/response`, '1')).status).toBe(400);
    expect((await post(`/invocation/${id}/response`, '2')).status).toBe(202);
    expect((await post(`/invocation/${id}/response`, '3')).status).toBe(403);
    expect((await post(`/invocation/${id}/error`, '{}')).status).toBe(403);
    expect(await result).toBe(2);
    expect((await get('/unknown')).status).toBe(404);
  });

  it('takes 6 MB and not more', async () => {
    const fits = api.invoke({}, 0);
    const first = await take();
    const text = JSON.stringify('x'.repeat(PAYLOAD_LIMIT_BYTES - 2));
    expect((await post(`/invocation/${first.id}/response`, text)).status).toBe(202);
    expect(await fits).toHaveLength(PAYLOAD_LIMIT_BYTES - 2);
    const tooLarge = expect(api.invoke({}, 0)).rejects.toMatchObject({ kind: 'too_large' });
    const second = await take();
    expect((await post(`/invocation/${second.id}/response`, `${text} `)).status).toBe(413);
    await tooLarge;
  });

  it('passes on what a function reports, in the body or in the header', async () => {
    const thrown = expect(api.invoke({}, 0)).rejects.toMatchObject({ errorType: 'TypeError', message: 'no' });
    const first = await take();
    await post(`/invocation/${first.id}/error`, '{"errorType":"TypeError","errorMessage":"no"}');
    await thrown;
    const unclear = expect(api.invoke({}, 0)).rejects.toMatchObject({ errorType: 'Runtime.Odd' });
    const second = await take();
    const header = { 'lambda-runtime-function-error-type': 'Runtime.Odd' };
    await post(`/invocation/${second.id}/error`, 'not JSON', header);
    await unclear;
    const noJson = expect(api.invoke({}, 0)).rejects.toMatchObject({ errorType: 'Runtime.InvalidJson' });
    const third = await take();
    await post(`/invocation/${third.id}/response`, 'not JSON');
    await noJson;
  });

  it('is over after an init error', async () => {
    const idle = expect(api.idle()).rejects.toMatchObject({ kind: 'init', message: 'no' });
    expect((await post('/init/error', '{"errorType":"E","errorMessage":"no"}')).status).toBe(202);
    await idle;
    await expect(api.invoke({}, 0)).rejects.toMatchObject({ kind: 'init' });
  });
});
