import { createServer } from 'node:https';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseClientId } from '../../../core/index.ts';
import { createCertificate } from '../../../dev/entra/certificate.ts';
import { expectDoubt } from '../../support/graph-expectations.ts';
import {
  answering,
  directoryOn,
  openGraph,
  principalBody,
  refusal,
  registrationBody,
  reply,
  type Answer,
  type FakeGraph,
} from '../../support/graph-server.ts';
import { listenOnLoopback } from '../../support/http-loopback.ts';

const AGENT = parseClientId('a9e00000-0000-4000-8000-000000000001');
const OTHER = parseClientId('a9e00000-0000-4000-8000-000000000002');
const CLIENT = parseClientId('c11e0000-0000-4000-8000-000000000001');
const MIB = 1024 * 1024;

/** What Graph answers to every question, though it does know the agent and lists the client. */
async function withGraph(
  answer: Answer,
  check: (graph: FakeGraph, directory: ReturnType<typeof directoryOn>) => Promise<void>,
): Promise<void> {
  const graph = await openGraph();
  graph.answerWith(answer);
  await check(graph, directoryOn(graph)).finally(graph.close);
}

const registration = registrationBody(AGENT, [CLIENT]);
const principal = principalBody(AGENT);
const listing = (entries: unknown): object => ({
  ...registration,
  api: { preAuthorizedApplications: entries },
});
const raw =
  (text: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(text);
  };

describe('a registration is doubted that', () => {
  it.for<[string, unknown]>([
    ['is about another application', registrationBody(OTHER, [CLIENT])],
    ['names no application', { ...registration, appId: undefined }],
    ['names an application in another form', { ...registration, appId: 7 }],
    ['names several', { ...registration, appId: [AGENT] }],
    ['has no object id', { ...registration, id: undefined }],
    ['has an object id that is no GUID', { ...registration, id: 'x' }],
    ['is wrapped in a list', { value: [registration] }],
    ['is a list', [registration]],
    ['is null', null],
    ['is text', 'ok'],
    ['is empty', {}],
    ['is an error with status 200', refusal('Authorization_RequestDenied')],
    ['has no api', { ...registration, api: undefined }],
    ['has null for api', { ...registration, api: null }],
    ['has a list for api', { ...registration, api: [] }],
    ['has no list of clients', { ...registration, api: {} }],
    ['has null for the list of clients', listing(null)],
    ['has an object for the list of clients', listing({ appId: CLIENT })],
    ['lists a bare id', listing([CLIENT])],
    ['lists null', listing([{ appId: CLIENT }, null])],
    ['lists a client without an id', listing([{ appId: CLIENT }, {}])],
    ['lists a wildcard', listing([{ appId: '*' }])],
    ['lists a client that is a number', listing([{ appId: 7 }])],
    ['lists a client with something behind its id', listing([{ appId: `${CLIENT} ` }])],
  ])('%s', ([, body]) =>
    withGraph(answering(200, body), (_graph, directory) =>
      expectDoubt(directory.findPreAuthorization(AGENT, CLIENT), 'Graph answers'),
    ),
  );
});

describe('a service principal is doubted that', () => {
  it.for<[string, unknown]>([
    ['is about another application', principalBody(OTHER)],
    ['has no id', { ...principal, id: undefined }],
    ['has an id that is no GUID', { ...principal, id: 'sp' }],
    ['has no type', { ...principal, servicePrincipalType: undefined }],
    ['has an empty type', { ...principal, servicePrincipalType: '' }],
    ['has null for its type', { ...principal, servicePrincipalType: null }],
    ['does not say who owns it', { ...principal, appOwnerOrganizationId: undefined }],
    ['is owned by no tenant', { ...principal, appOwnerOrganizationId: 'bayer.com' }],
    ['is a list', [principal]],
  ])('%s', ([, body]) =>
    withGraph(answering(200, body), async (_graph, directory) => {
      await expectDoubt(directory.findServicePrincipalId(AGENT), 'Graph answers');
    }),
  );

  it('is asked for because there is no registration', async () => {
    const graph = await openGraph();
    graph.answerWith(
      answering(404, refusal('Request_ResourceNotFound')),
      answering(200, { ...principal, servicePrincipalType: 7 }),
    );
    await expectDoubt(directoryOn(graph).findPreAuthorization(AGENT, CLIENT)).finally(graph.close);
  });
});

describe('an answer is doubted that', () => {
  const both = (answer: Answer, ...words: readonly string[]): Promise<void> =>
    withGraph(answer, async (_graph, directory) => {
      await expectDoubt(directory.findPreAuthorization(AGENT, CLIENT), ...words);
      await expectDoubt(directory.findServicePrincipalId(AGENT), ...words);
    });
  const text = JSON.stringify(registration);

  it.for<[string, Answer, string]>([
    [
      'is a web page with status 200',
      raw('<html>canary</html>', { 'content-type': 'text/html' }),
      'than JSON',
    ],
    ['is JSON by its text only', raw(text, { 'content-type': 'text/plain' }), 'than JSON'],
    ['says it is something like JSON', raw(text, { 'content-type': 'application/json-seq' }), 'than JSON'],
    ['is not JSON', raw('canary{'), 'broken JSON'],
    ['is empty', raw(''), 'broken JSON'],
    ['is two answers', raw(text + text), 'broken JSON'],
    ['ends too early', raw(text.slice(0, -2)), 'broken JSON'],
    ['has status 204', (_request, response) => void response.writeHead(204).end(), '204'],
    ['has status 206', answering(206, registration), '206'],
    ['has status 500', answering(500, refusal('InternalServerError')), '500 InternalServerError'],
    [
      'has status 502 and a web page',
      (_request, response) => void response.writeHead(502).end('canary'),
      '502',
    ],
    ['is larger than it says it could be', raw(`${text}${' '.repeat(MIB)}`), `${MIB} bytes`],
    [
      'is larger than it seems',
      raw(gzipSync(`${text}${' '.repeat(MIB)}`), { 'content-encoding': 'gzip' }),
      `${MIB} bytes`,
    ],
  ])('%s', ([, answer, word]) => both(answer, word));

  it.for([301, 302, 307, 308])(
    'sends elsewhere with %i: nobody goes there, least of all the token',
    (status) =>
      withGraph(answering(status, registration, { location: '/elsewhere' }), async (graph, directory) => {
        await expectDoubt(directory.findPreAuthorization(AGENT, CLIENT), String(status));
        await expectDoubt(directory.findServicePrincipalId(AGENT), String(status));
        expect(graph.requests.filter(({ line }) => line.includes('elsewhere'))).toEqual([]);
      }),
  );

  it('breaks off in the middle of what it announced', () =>
    both((_request, response) => {
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': String(text.length + 1),
      });
      response.write(text, () => response.destroy());
    }));

  it('breaks off in the middle of a chunked body, though all of it was there', () =>
    both((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(text, () => response.destroy());
    }));

  it('is no answer: the connection is cut', () =>
    both((request) => void request.socket.destroy(), 'Graph: '));

  it.for<[string, number, unknown]>([
    ['a web page', 404, '<html>'],
    ['that of a wrong URL', 404, refusal('BadRequest')],
    ['without a reason', 404, {}],
    ['with the code elsewhere', 404, { code: 'Request_ResourceNotFound' }],
    ['with another status', 400, refusal('Request_ResourceNotFound')],
  ])('is a 404 that may be of something else: %s', ([, status, body]) =>
    both(answering(status, body), String(status)),
  );
});

describe('without the permission', () => {
  it.for([
    [401, 'InvalidAuthenticationToken'],
    [403, 'Authorization_RequestDenied'],
  ] as const)('Graph answers %i: doubt, and the log says what to grant', ([status, code]) =>
    withGraph(answering(status, refusal(code)), async (graph, directory) => {
      const words = [String(status), code, 'Application.Read.All'];
      await expectDoubt(directory.findPreAuthorization(AGENT, CLIENT), ...words);
      await expectDoubt(directory.findServicePrincipalId(AGENT), ...words);
      expect(graph.requests).toHaveLength(2);
    }),
  );

  it('a code that is no code is not repeated', () =>
    withGraph(answering(403, refusal('canary "code"')), (_graph, directory) =>
      expectDoubt(directory.findPreAuthorization(AGENT, CLIENT), 'without a code'),
    ));
});

describe('nobody can be asked', () => {
  it('where nobody listens', async () => {
    const graph = await openGraph();
    await graph.close();
    const directory = directoryOn(graph);
    await expectDoubt(directory.findPreAuthorization(AGENT, CLIENT), 'ECONNREFUSED');
    await expectDoubt(directory.findServicePrincipalId(AGENT), 'ECONNREFUSED');
  });

  describe('over TLS', () => {
    let url: string;
    let close: () => Promise<void>;
    let asked = 0;
    beforeAll(async () => {
      const { key, cert } = await createCertificate();
      const server = createServer({ key, cert }, (_request, response) => {
        asked += 1;
        reply(response, 200, registration);
      });
      const listening = await listenOnLoopback(server);
      url = `https://localhost:${listening.port}`;
      close = listening.close;
    });
    afterAll(() => close());

    it('whose certificate nobody trusts: the token stays here', async () => {
      await expectDoubt(directoryOn({ url }).findPreAuthorization(AGENT, CLIENT), 'SELF_SIGNED');
      expect(asked).toBe(0);
    });
  });
});
