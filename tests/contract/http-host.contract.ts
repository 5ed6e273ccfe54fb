import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { MAX_BODY_BYTES, type HttpRequest } from '../../adapters/http/index.ts';
import { holds } from '../support/arbitraries.ts';
import { groupHeaders, type RawHeader, type RawRequest } from '../support/http-message.ts';
import type { HttpHostSubject, OpenHttpHost } from '../support/http-host-subject.ts';
import { RecordingHandler } from '../support/http-recording-handler.ts';
import { lawsOf, type ContractOptions } from '../support/laws.ts';
import { describeHttpAnswers } from './http-answers.contract.ts';

const WEBHOOK = '/livekit/webhook';
const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const rawHeaderValues = fc.stringMatching(
  /^[!-~\u00a1-\u00ff]([ -~\u00a1-\u00ff]{0,30}[!-~\u00a1-\u00ff])?$/,
);

/** What every host promises: to translate, and to decide nothing. An adapter's own test file is one call to this. */
export function describeHttpHost(adapter: string, open: OpenHttpHost, options?: ContractOptions): void {
  describe(`HTTP host contract: ${adapter}`, () => {
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

    /** What a host must hand on: the request as it reaches the host. */
    const reaching = (request: RawRequest): RawRequest => host.front?.passesOn(request) ?? request;
    /** What the handler is handed of a request. */
    const handed = async (request: RawRequest): Promise<HttpRequest> => {
      await host.send(request);
      return recorder.takeOnly();
    };

    law('hands on the method as it came', async () => {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD']) {
        expect((await handed({ method, target: WEBHOOK })).method).toBe(method);
      }
    });

    law('hands on the path as it came, not decoded and not normalised', async () => {
      const paths = ['/', '/api/health', '/api/health/', '/API/Health', '//api/health', '/api//health'];
      const odd = [
        '/api/he%61lth',
        '/api%2Fhealth',
        '/api/%zz',
        '/api/../api/health',
        '/api/./health',
        '/api/health;x=1',
      ];
      for (const path of [...paths, ...odd, `/${'x'.repeat(2000)}`]) {
        const request = { method: 'GET', target: path };
        expect((await handed(request)).path).toBe(reaching(request).target);
      }
    });

    law('hands on the query apart from the path, every value of it', async () => {
      const { path, query } = await handed({ method: 'GET', target: '/api/health?b=1&a=2&b=%20%C3%A4&c=' });
      expect(path).toBe('/api/health');
      expect([...query]).toEqual(
        expect.arrayContaining([
          ['a', '2'],
          ['b', '1'],
          ['b', ' ä'],
          ['c', ''],
        ]),
      );
      expect(query.getAll('b')).toEqual(['1', ' ä']);
    });

    law('hands on the bytes of a body exactly, whatever they are and say they are', () =>
      holds(
        fc.tuple(
          fc.oneof(fc.uint8Array({ maxLength: 3000 }), fc.constant(EVERY_BYTE)),
          fc.constantFrom(
            'application/json',
            'application/webhook+json',
            'text/plain',
            'application/octet-stream',
            '',
          ),
        ),
        async ([body, type]) => {
          const headers: readonly RawHeader[] = type === '' ? [] : [['content-type', type]];
          const request = await handed({ method: 'POST', target: WEBHOOK, headers, body });
          expect(bytesOf(request)).toEqual([...body]);
        },
      ),
    );

    law('hands on a missing body as an empty one', async () => {
      for (const method of ['GET', 'POST']) {
        expect(bytesOf(await handed({ method, target: WEBHOOK }))).toEqual([]);
      }
    });

    law('hands on a body of the limit whole, and of a larger one only that it is too large', async () => {
      const post = { method: 'POST', target: WEBHOOK };
      const atLimit = new Uint8Array(MAX_BODY_BYTES).fill(7);
      expect((await handed({ ...post, body: atLimit })).body.length).toBe(MAX_BODY_BYTES);
      for (const size of [MAX_BODY_BYTES + 1, 4 * MAX_BODY_BYTES]) {
        expect((await handed({ ...post, body: new Uint8Array(size) })).body).toBe('too_large');
      }
    });

    law('hands on every value of a header in wire order, under its name in lower case', () =>
      holds(
        fc.array(
          fc.tuple(fc.constantFrom('x-one', 'X-One', 'x-two', 'Authorization', 'client-id'), rawHeaderValues),
          {
            minLength: 1,
            maxLength: 6,
          },
        ),
        async (headers) => {
          const request = { method: 'GET', target: '/', headers };
          const received = (await handed(request)).headers;
          for (const [name, values] of groupHeaders(reaching(request).headers ?? [])) {
            expect(received.get(name)).toEqual(values);
          }
        },
      ),
    );

    law('never merges a header that came twice, nor splits one at its commas', async () => {
      const twice: readonly RawHeader[] = [
        'authorization',
        'client-id',
        'user-id',
        'content-type',
        'x-request-id',
      ].flatMap(
        (name) =>
          [
            [name, 'first'],
            [name.toUpperCase(), 'second'],
          ] as const,
      );
      const request: RawRequest = { method: 'GET', target: '/', headers: [...twice, ['x-list', 'a, b,c']] };
      const { headers } = await handed(request);
      for (const [name] of twice) {
        const values = groupHeaders(reaching(request).headers ?? []).get(name.toLowerCase());
        expect([['first', 'second'], ['first,second']]).toContainEqual(values);
        expect(headers.get(name.toLowerCase())).toEqual(values);
      }
      expect(headers.get('x-list')).toEqual(['a, b,c']);
    });

    law('knows nothing of a header that did not come', async () => {
      const { headers } = await handed({ method: 'GET', target: '/' });
      for (const name of [
        'authorization',
        'client-id',
        'x-request-id',
        'constructor',
        '__proto__',
        'toString',
      ]) {
        expect(headers.get(name)).toBeUndefined();
      }
    });

    law('knows of no authorizer where none spoke, whatever the headers say', async () => {
      const headers = [['authorizer', '{"oid":"x"}'] as const];
      expect(await handed({ method: 'GET', target: '/', headers })).not.toHaveProperty('authorizer');
    });

    law('says who opened the connection', async () => {
      expect((await handed({ method: 'GET', target: '/' })).peerAddress).toMatch(/^[0-9a-f.:]+$/i);
    });
  });
  describeHttpAnswers(adapter, open, options);
}

function bytesOf({ body }: HttpRequest): readonly number[] | string {
  return typeof body === 'string' ? body : [...body];
}
