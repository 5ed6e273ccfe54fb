import { createServer, type ServerResponse } from 'node:http';
import { listenOnLoopback } from './http-loopback.ts';

/** What stands where LiveKit should be, and does not answer as LiveKit does. */
export type Misbehaviour =
  | 'silent' // takes the request and never answers
  | 'dripping' // begins an answer and never ends it
  | 'refusing' // 401 that quotes the token, as LiveKit's does
  | 'broken' // 500
  | 'overloaded' // 503 in Twirp's own format
  | 'chatty' // 200, but a web page
  | 'empty' // 200, but nothing in it
  | 'redirecting'; // 307 to a place that says 200 to everything

export interface Impostor {
  readonly url: string;
  /** Every `Authorization` it was shown. */
  readonly tokens: readonly string[];
  readonly close: () => Promise<void>;
}

export async function openImpostor(misbehaviour: Misbehaviour): Promise<Impostor> {
  const tokens: string[] = [];
  const server = createServer((request, response) => {
    const token = request.headers.authorization ?? '';
    tokens.push(token.replace(/^Bearer /, ''));
    if (request.url === '/elsewhere') {
      response.end('OK');
    } else {
      ANSWERS[misbehaviour](response, token);
    }
  });
  const { port, close } = await listenOnLoopback(server);
  return { url: `http://127.0.0.1:${port}`, tokens, close };
}

const ANSWERS: Readonly<Record<Misbehaviour, (response: ServerResponse, token: string) => void>> = {
  silent: () => undefined,
  dripping: (response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"sid":"RM_');
  },
  refusing: (response, token) => {
    response.writeHead(401).end(`invalid token: ${token}, error: signature is invalid`);
  },
  broken: (response, token) => {
    response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ msg: token }));
  },
  overloaded: (response) => {
    response
      .writeHead(503, { 'content-type': 'application/json' })
      .end(JSON.stringify({ code: 'unavailable', msg: 'no response from servers' }));
  },
  chatty: (response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>welcome</html>');
  },
  empty: (response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  },
  redirecting: (response) => {
    response.writeHead(307, { location: '/elsewhere' }).end();
  },
};

/** A URL on loopback where nobody listens any more. */
export async function deadUrl(): Promise<string> {
  const impostor = await openImpostor('silent');
  await impostor.close();
  return impostor.url;
}
