import { describe, expect, it } from 'vitest';
import { handle, type GatewayEvent } from '../../../adapters/lambda/index.ts';
import { RecordingHandler } from '../../support/http-recording-handler.ts';
import { GOLDEN_EVENTS } from '../../support/lambda-golden-events.ts';

const [{ event: REST } = { event: undefined }] = GOLDEN_EVENTS;

/** What the handler is handed of an event, after its way through JSON. */
async function handed(event: unknown): Promise<RecordingHandler['requests'][number]> {
  const recorder = new RecordingHandler();
  await handle(recorder.handler)(JSON.parse(JSON.stringify(event)) as GatewayEvent);
  return recorder.takeOnly();
}

describe('an event as documented', () => {
  it.for(GOLDEN_EVENTS)('$what is the request it stands for', async ({ event, request }) => {
    const { headers, query, body, ...rest } = await handed(event);
    const { headers: expectedHeaders, query: expectedQuery, body: expectedBody, ...expected } = request;
    expect(rest).toEqual(expected);
    expect(query.toString()).toBe(expectedQuery);
    expect(body === 'too_large' ? body : [...body]).toEqual([...expectedBody]);
    expect(Object.fromEntries(headers)).toMatchObject(expectedHeaders);
  });
});

describe('an event that is not as documented', () => {
  it.for<readonly [string, unknown]>([
    ['nothing', null],
    ['a text', 'ping'],
    ['a list', []],
    ['a direct invocation', { action: 'warm' }],
    ['a queue’s', { Records: [{ messageId: '1', body: '{}' }] }],
    [
      'a load balancer’s',
      {
        httpMethod: 'GET',
        path: '/api/health',
        headers: {},
        requestContext: { elb: { targetGroupArn: 'arn' } },
        body: '',
        isBase64Encoded: false,
      },
    ],
    ['one of an HTTP API without its context', { version: '2.0', rawPath: '/api/health', headers: {} }],
  ])('is refused and reaches nobody: %s', async ([, event]) => {
    const recorder = new RecordingHandler();
    await expect(handle(recorder.handler)(event as GatewayEvent)).rejects.toThrow(TypeError);
    expect(recorder.requests).toEqual([]);
  });

  it('is refused when its body is not base64 and says it is', async () => {
    await expect(handed({ ...REST, body: '{"a":1}', isBase64Encoded: true })).rejects.toThrow(/base64/);
  });

  it('has a header in text no byte can be: it becomes the UTF-8 it was', async () => {
    const { headers } = await handed({
      ...REST,
      multiValueHeaders: { 'user-profile': ['{"firstName":"Łucja"}'] },
    });
    const bytes = Buffer.from(headers.get('user-profile')?.[0] ?? '', 'latin1');
    expect(bytes.toString('utf8')).toBe('{"firstName":"Łucja"}');
  });

  it('has no headers at all where the console of AWS sends a test', async () => {
    expect((await handed({ ...REST, headers: null, multiValueHeaders: null })).headers.size).toBe(0);
  });
});
