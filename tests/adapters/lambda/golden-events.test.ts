import { describe, expect, it } from 'vitest';
import { handle, type GatewayEvent } from '../../../adapters/lambda/index.ts';
import { RecordingHandler } from '../../support/http-recording-handler.ts';
import { GOLDEN_EVENTS } from '../../support/lambda-golden-events.ts';

const REST = GOLDEN_EVENTS.find(({ what }) => what === 'of a REST API')?.event;
const HTTP_API = GOLDEN_EVENTS.find(({ what }) => what === 'of an HTTP API')?.event;

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
    expect(typeof body === 'string' ? body : [...body]).toEqual([...expectedBody]);
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

  it.for(['Łucja', 'Müller', 'Müller Łucja', 'Ada', '日本'])(
    'has a header in text: it becomes the UTF-8 it was: %s',
    async (firstName) => {
      const profile = JSON.stringify({ firstName });
      const decoded = { ...HTTP_API, headers: { 'user-profile': profile } };
      for (const event of [{ ...REST, multiValueHeaders: { 'user-profile': [profile] } }, decoded]) {
        const { headers } = await handed(event);
        expect(Buffer.from(headers.get('user-profile')?.[0] ?? '', 'latin1').toString('utf8')).toBe(profile);
      }
    },
  );

  it.for<readonly [string, unknown]>([
    ['of no known kind', { oid: 'x' }],
    ['of IAM', { iam: { userId: 'x' } }],
    ['a JWT’s without claims, beside a context', { jwt: {}, lambda: { oid: 'x' } }],
    ['a JWT’s whose claims are a list', { jwt: { claims: ['x'] } }],
    ['a list', [{ lambda: { oid: 'x' } }]],
    ['nothing', null],
    ['a text', 'x'],
  ])('has an authorizer %s, which speaks for nobody', async ([, authorizer]) => {
    const context = HTTP_API?.requestContext ?? expect.unreachable();
    const request = await handed({ ...HTTP_API, requestContext: { ...context, authorizer } });
    expect(request).not.toHaveProperty('authorizer');
  });

  it('has no headers at all where the console of AWS sends a test', async () => {
    expect((await handed({ ...REST, headers: null, multiValueHeaders: null })).headers.size).toBe(0);
  });
});
