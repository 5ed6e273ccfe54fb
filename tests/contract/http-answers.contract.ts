import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { holds } from '../support/arbitraries.ts';
import type { HttpHostSubject, OpenHttpHost } from '../support/http-host-subject.ts';
import { utf8 } from '../support/http-message.ts';
import { RecordingHandler } from '../support/http-recording-handler.ts';
import { lawsOf, type ContractOptions } from '../support/laws.ts';

const WEBHOOK = '/livekit/webhook';
const EMPTY = new Uint8Array();

/** What a host does to an answer: nothing. Part of the HTTP host contract (http-host.contract.ts). */
export function describeHttpAnswers(adapter: string, open: OpenHttpHost, options?: ContractOptions): void {
  describe(`HTTP host contract, answers: ${adapter}`, () => {
    const law = lawsOf(options);
    const recorder = new RecordingHandler();
    let host: HttpHostSubject;
    beforeAll(async () => {
      host = await open(recorder.handler);
    });
    afterEach(() => {
      recorder.reset();
    });
    afterAll(() => host.close());

    law('gives back the answer untouched: status, headers and bytes', () =>
      holds(answers, async (answer) => {
        recorder.answer = answer;
        const response = await host.send({ method: 'POST', target: WEBHOOK, body: EMPTY });
        expect(response.status).toBe(answer.status);
        expect([...response.body]).toEqual([...answer.body]);
        for (const [name, value] of Object.entries(answer.headers)) {
          expect(response.headers.get(name)).toEqual([value]);
        }
        for (const name of MATTERING.filter((matters) => !(matters in answer.headers))) {
          expect(response.headers.get(name)).toBeUndefined();
        }
      }),
    );

    law('gives back a byte order mark, and bytes of no text', async () => {
      for (const body of [utf8('\ufeff{}'), Uint8Array.of(0xff, 0xfe, 0), utf8('\u0000')]) {
        recorder.answer = { status: 200, headers: { 'content-type': 'application/json' }, body };
        const response = await host.send({ method: 'POST', target: WEBHOOK, body: EMPTY });
        expect([...response.body]).toEqual([...body]);
      }
    });

    law('answers HEAD with the headers alone', async () => {
      recorder.answer = {
        status: 200,
        headers: { 'content-type': 'application/json', 'content-length': '17', 'x-request-id': 'r' },
        body: EMPTY,
      };
      const { status, headers, body } = await host.send({ method: 'HEAD', target: '/api/health' });
      expect([status, headers.get('x-request-id'), body.length]).toEqual([200, ['r'], 0]);
      expect(headers.get('content-length') ?? ['17']).toEqual(['17']);
    });

    law('lets the handler finish for a client that went away, and serves the next one', async () => {
      const thrown: unknown[] = [];
      const record = (error: unknown): number => thrown.push(error);
      process.on('uncaughtException', record).on('unhandledRejection', record);
      let finished = 0;
      const slow = await open(async () => {
        await delay(100);
        finished += 1;
        return { status: 200, headers: { 'content-type': 'text/plain' }, body: new Uint8Array(100_000) };
      });
      try {
        const request = { method: 'POST', target: WEBHOOK, body: utf8('{}') };
        await Promise.all(Array.from({ length: 20 }, () => slow.abandon(request)));
        expect((await slow.send(request)).body.length).toBe(100_000);
        expect([finished, thrown]).toEqual([21, []]);
      } finally {
        process.off('uncaughtException', record).off('unhandledRejection', record);
        await slow.close();
      }
    });

    law('gives everybody who asks at once their own answer', async () => {
      const echo = await open(({ body }) =>
        Promise.resolve({ status: 200, headers: {}, body: typeof body === 'string' ? EMPTY : body }),
      );
      try {
        const texts = Array.from({ length: 40 }, (_, index) => `body number ${index}`);
        const answers = await Promise.all(
          texts.map((text) => echo.send({ method: 'POST', target: WEBHOOK, body: utf8(text) })),
        );
        expect(answers.map(({ body }) => new TextDecoder().decode(body))).toEqual(texts);
      } finally {
        await echo.close();
      }
    });
  });
}

/** A body always says what it is: where it does not, gateways guess. */
const answers = fc
  .record({
    status: fc.constantFrom(200, 201, 204, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503),
    headers: fc.dictionary(
      fc.constantFrom('x-request-id', 'cache-control', 'retry-after', 'www-authenticate', 'allow', 'vary'),
      fc.stringMatching(/^[!-~]{1,20}$/),
    ),
    type: fc.constantFrom('application/json', 'application/problem+json', 'application/octet-stream'),
    body: fc.uint8Array({ maxLength: 3000 }),
  })
  .map(({ status, headers, type, body }) =>
    body.length === 0 || status === 204
      ? { status, headers, body: EMPTY }
      : { status, headers: { ...headers, 'content-type': type }, body },
  );

/** Headers that change what an answer means; a host adds none of them. */
const MATTERING = [
  ...[
    'allow',
    'cache-control',
    'content-encoding',
    'content-type',
    'etag',
    'location',
    'retry-after',
    'server',
  ],
  ...[
    'set-cookie',
    'vary',
    'www-authenticate',
    'x-powered-by',
    'x-request-id',
    'access-control-allow-origin',
    'access-control-allow-credentials',
  ],
];
