import type { Answer } from './answer.ts';
import { attribute, isOfNode } from './attribute.ts';
import type { FuzzCase } from './fuzz-case.ts';
import type { Message, Operation } from './message.ts';
import type { Exchange } from './send.ts';

export interface Finding {
  readonly law: string;
  readonly detail: string;
  readonly fuzzCase?: FuzzCase;
}

/** What a phase provokes, and so what it takes for an answer. */
export interface Expectations {
  readonly rateLimited: boolean;
  readonly overloaded: boolean;
  /** The codes of the contract. */
  readonly codes: ReadonlySet<string>;
}

const SUCCESS: Readonly<Record<Operation, number | undefined>> = {
  register: 200,
  start: 201,
  health: 200,
  webhook: 200,
  preflight: 204,
  none: undefined,
};
/** What Node answers by itself, with nothing but the status. */
const OF_NODE = [400, 408, 413, 417, 431];
const JWT = /eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/;

/** The laws that one exchange can break. */
export function judge(fuzzCase: FuzzCase, exchange: Exchange, expected: Expectations): readonly Finding[] {
  const broken: Finding[] = [];
  const find = (law: string, detail: string): void => {
    broken.push({ law, detail, fuzzCase });
  };
  const { messages } = fuzzCase;
  const { final, wrong, hung, unreachable, elapsedMs } = exchange;
  if (unreachable) {
    find('somebody listens', 'connection refused');
    return broken;
  }
  if (hung) {
    find('every connection ends', `neither answered nor closed after ${Math.round(elapsedMs)} ms`);
  }
  if (wrong !== undefined && !(exchange.left && wrong === 'unfinished')) {
    find('every answer is well-formed', wrong);
  }
  const { answers, extra } = attribute(fuzzCase, final);
  for (const [message, answer] of [...answers, ...extra.map((answer) => [undefined, answer] as const)]) {
    const law = answer === undefined ? undefined : problemOf(answer, message, expected);
    if (law !== undefined) {
      find(...law);
    }
  }
  if (extra.length > 0 && !mayHaveMore(fuzzCase)) {
    const statuses = final.map(({ status }) => status).join();
    find('one answer a request', `${statuses} to ${messages.length} requests`);
  }
  const silent = answers.filter(([{ verdict }, answer]) => verdict === 'must' && answer === undefined);
  if (silent.length > 0 && !hung && !(expected.overloaded && final.some(closesConnection))) {
    find('what is right is answered', `${silent.length} of ${messages.length} requests got no answer`);
  }
  return broken;
}

/** A service that is too busy to read a body answers and hangs up: what follows on the connection is not answered. */
function closesConnection({ status, headers }: Answer): boolean {
  return status === 503 && headers.get('connection')?.includes('close') === true;
}

/** Bytes are left that the server may take for one more request, if only for a broken one. */
function mayHaveMore({ messages, edits, delivery }: FuzzCase): boolean {
  const last = messages.at(-1);
  const cut = last?.leavesBytes === true || last?.unfinished === true || delivery.kind === 'abort';
  return cut || edits.length > 0;
}

function problemOf(
  answer: Answer,
  message: Message | undefined,
  expected: Expectations,
): readonly [law: string, detail: string] | undefined {
  const { status, headers, body } = answer;
  const told = `${status} ${body.slice(0, 300)}`;
  const provoked =
    (status === 503 && expected.overloaded && codeOf(body) === 'overloaded') ||
    (status === 429 && expected.rateLimited && codeOf(body) === 'rate_limited');
  if (status >= 500 && !provoked) {
    return ['no 5xx', told];
  }
  if (status < 300) {
    return success(message, status, told);
  }
  if (JWT.test(body) || [...headers.values()].flat().some((value) => JWT.test(value))) {
    return ['no token in a refusal', told];
  }
  if (message?.verdict === 'must' && !provoked) {
    return ['what is right succeeds', told];
  }
  return malformedProblem(answer, message, expected);
}

function success(
  message: Message | undefined,
  status: number,
  told: string,
): readonly [law: string, detail: string] | undefined {
  if (message === undefined || message.verdict === 'must_not') {
    return ['what is wrong is refused', told];
  }
  return status === SUCCESS[message.operation] ? undefined : ['a success is the documented one', told];
}

/** A refusal of the service is a Problem of the contract, with its request id; one of Node is empty. */
function malformedProblem(
  answer: Answer,
  message: Message | undefined,
  { codes }: Expectations,
): readonly [law: string, detail: string] | undefined {
  const { status, headers, body } = answer;
  const told = `${status} ${JSON.stringify(Object.fromEntries(headers))} ${body.slice(0, 300)}`;
  if (isOfNode(answer)) {
    return OF_NODE.includes(status) && body === '' ? undefined : ['a refusal is a documented one', told];
  }
  const retryAfter = Number(headers.get('retry-after')?.[0]);
  if ((status === 429 || status === 503) && !(Number.isInteger(retryAfter) && retryAfter >= 1)) {
    return ['a retry is told when', told];
  }
  if (message?.method === 'HEAD') {
    return undefined;
  }
  const problem = parsed(body);
  const whole =
    headers.get('content-type')?.[0] === 'application/problem+json' &&
    problem['status'] === status &&
    codes.has(String(problem['code'])) &&
    problem['request_id'] === headers.get('x-request-id')?.[0];
  return whole ? undefined : ['a refusal is a documented one', told];
}

function codeOf(body: string): unknown {
  return parsed(body)['code'];
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
