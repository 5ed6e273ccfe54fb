import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/*
 * `node runtime.ts`: what a Lambda runtime is. It loads the handler once, then asks for an event, hands it over, posts
 * what comes of it, and asks again, over the documented Runtime API. Node's own modules only: the function brings the rest.
 */

type Handler = (event: unknown, context: object) => unknown;

interface Answer {
  readonly status: number;
  readonly header: (name: string) => string;
  readonly text: string;
}

const PREFIX = '/2018-06-01/runtime';

function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

/** One call on a connection of its own: none is found closed after the process was frozen for a while. */
function call(
  method: string,
  path: string,
  body = '',
  headers: Record<string, string> = {},
): Promise<Answer> {
  const [host, port] = environment('AWS_LAMBDA_RUNTIME_API').split(':');
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host, port, method, path: PREFIX + path, agent: false, headers },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.once('error', reject);
        incoming.once('end', () => {
          resolve({
            status: incoming.statusCode ?? 0,
            header: (name) => incoming.headersDistinct[name]?.[0] ?? '',
            text: Buffer.concat(chunks).toString('utf8'),
          });
        });
      },
    );
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** Logged as Lambda's own runtime logs it, so that what a message gives away shows in the log too. */
async function report(path: string, label: string, error: unknown): Promise<void> {
  const { errorType, errorMessage, stackTrace } = described(error);
  process.stderr.write(`ERROR ${label} ${JSON.stringify({ errorType, errorMessage, stackTrace })}\n`);
  await call('POST', path, JSON.stringify({ errorType, errorMessage, stackTrace }), {
    'content-type': 'application/json',
    'lambda-runtime-function-error-type': errorType,
  });
}

function described(error: unknown): {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly stackTrace: readonly string[];
} {
  if (!(error instanceof Error)) {
    return { errorType: typeof error, errorMessage: String(error), stackTrace: [] };
  }
  return {
    errorType: error.name,
    errorMessage: error.message,
    stackTrace: (error.stack ?? '').split('\n').map((line) => line.trim()),
  };
}

/** `index.handler`: the export `handler` of `index.mjs` (or `.js`, `.cjs`) in the task root. */
async function load(): Promise<Handler> {
  const name = environment('_HANDLER');
  const dot = name.lastIndexOf('.');
  const file = ['.mjs', '.js', '.cjs']
    .map((extension) => join(environment('LAMBDA_TASK_ROOT'), name.slice(0, dot) + extension))
    .find((path) => existsSync(path));
  if (file === undefined) throw named('Runtime.ImportModuleError', `there is no module for ${name}`);
  const exports = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  const handler = exports[name.slice(dot + 1)];
  if (typeof handler !== 'function') throw named('Runtime.HandlerNotFound', `${name} is not a function`);
  return handler as Handler;
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

async function serveOne(handler: Handler): Promise<void> {
  const next = await call('GET', '/invocation/next');
  if (next.status !== 200) throw new Error(`next was answered with ${next.status}`);
  const id = next.header('lambda-runtime-aws-request-id');
  const deadlineMs = Number(next.header('lambda-runtime-deadline-ms'));
  const context = {
    awsRequestId: id,
    callbackWaitsForEmptyEventLoop: true,
    functionName: environment('AWS_LAMBDA_FUNCTION_NAME'),
    functionVersion: environment('AWS_LAMBDA_FUNCTION_VERSION'),
    invokedFunctionArn: next.header('lambda-runtime-invoked-function-arn'),
    memoryLimitInMB: environment('AWS_LAMBDA_FUNCTION_MEMORY_SIZE'),
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
  try {
    const result: unknown = await handler(JSON.parse(next.text), context);
    await call('POST', `/invocation/${id}/response`, JSON.stringify(result ?? null), {
      'content-type': 'application/json',
    });
  } catch (error) {
    await report(`/invocation/${id}/error`, 'Invoke Error', error);
  }
}

const handler = await load().catch(async (error: unknown) => {
  await report('/init/error', 'Init Error', error);
  process.exit(1);
});
for (;;) await serveOne(handler);
