import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { answerOf, realAnswers, withBody } from '../support/platform-answers.ts';
import { misfits, parseSchema } from '../support/platform-json-schema.ts';
import { OpenApi, type Example } from '../support/platform-openapi.ts';
import { jsonOf } from '../support/platform-requests.ts';

/** The status is what the tests tell problems by; a HealthReport of a 503 has none. */
const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
});
type Problem = z.output<typeof problem>;
interface Told {
  readonly operation: string;
  readonly status: number;
  readonly problem: Problem;
}

describe('an example in openapi.yaml', () => {
  let api: OpenApi;
  let answered: readonly Told[];
  beforeAll(async () => {
    api = await OpenApi.open();
    answered = (await realAnswers()).flatMap(({ operation, response: { status, body, headers } }) =>
      headers['content-type'] === 'application/problem+json'
        ? [{ operation, status, problem: problem.parse(jsonOf({ status, body, headers })) }]
        : [],
    );
  });
  const examplesOfProblems = (): readonly (Example & Told)[] =>
    api.responseExamples.flatMap((example) => {
      const { success, data } = problem.safeParse(example.value);
      return success ? [{ ...example, status: example.status ?? 0, problem: data }] : [];
    });
  const valueOf = (operation: string, name: string): Readonly<Record<string, unknown>> => {
    const all = [...api.requestExamples, ...api.responseExamples];
    const found = all.find((example) => example.operation === operation && example.name === name);
    return z.record(z.string(), z.unknown()).parse(found?.value);
  };

  it('fits its schema, and stands wherever there is a body', () => {
    const examples = [...api.requestExamples, ...api.responseExamples];
    for (const { operation, name, schema, value } of examples) {
      expect(
        misfits(schema, value, (node) => api.resolve(node)),
        `${operation} ${name}`,
      ).toEqual([]);
    }
    const described = (id: string, status?: number): boolean =>
      examples.some((example) => example.operation === id && example.status === status);
    for (const { operation } of api.operations) {
      expect(operation.requestBody === undefined || described(operation.operationId)).toBe(true);
      for (const status of Object.keys(operation.responses).map(Number)) {
        const isEmpty = Object.keys(api.responseOf(operation, status)?.content ?? {}).length === 0;
        expect(isEmpty || described(operation.operationId, status), `${status}`).toBe(true);
      }
    }
  });

  it('of an error stands exactly where that error can be answered, under its code', () => {
    const places = (told: readonly Told[]): readonly string[] =>
      [...new Set(told.map((one) => `${one.operation} ${one.status} ${one.problem.code}`))].sort();
    expect(places(examplesOfProblems())).toEqual(places(answered));
    expect(answered.length).toBeGreaterThan(50);
    for (const example of examplesOfProblems()) {
      expect(example.name).toBe(example.problem.code);
    }
  });

  it('of an error is what is really answered, in type, title, status and code', () => {
    for (const example of [...examplesOfProblems(), exampleOfSchema()]) {
      const real = answered.find((one) => one.problem.code === example.problem.code) ?? expect.unreachable();
      expect({ ...example.problem, errors: [] }).toEqual({ ...real.problem, errors: [] });
    }
  });

  it('of a refused field says what is really said of it', () => {
    const said = answered.map((one) => ({ operation: one.operation, errors: one.problem.errors }));
    for (const { operation, name, problem: example } of examplesOfProblems()) {
      expect(example.errors.length > 0, name).toBe(['invalid_request', 'forbidden_field'].includes(name));
      expect(said).toContainEqual({ operation, errors: example.errors });
    }
  });

  it('of a request is taken: only that the agent is not registered here is wrong with it', async () => {
    for (const { operation, value } of api.requestExamples) {
      const { response } = await answerOf({ operation, request: await withBody(operation, value) });
      expect(response.status, operation).toBe(operation === 'startSession' ? 404 : 200);
    }
    expect(api.requestExamples.map(({ operation }) => operation)).toEqual([
      'registerAgent',
      ...['startSession', 'startSession', 'startSession'],
      'receiveWebhook',
    ]);
  });

  it('shows no token that could be one', () => {
    expect(api.text).not.toMatch(/eyJ[\w-]+\.[\w-]+\./);
    const tokens = api.responseExamples.flatMap(({ value }) =>
      Object.entries(z.record(z.string(), z.unknown()).parse(value)).filter(([name]) => /token$/.test(name)),
    );
    expect(tokens.length).toBeGreaterThan(0);
    expect(tokens.filter(([, value]) => !/^eyJ\w+\.\.\.$/.test(String(value)))).toEqual([]);
  });

  it('tells one story: the agent that registers is started, and LiveKit reports its room', () => {
    const started = valueOf('startSession', 'user');
    expect(valueOf('startSession', 'agent')['agent_entra_app_id']).toBe(
      valueOf('registerAgent', 'registered')['agent_name'],
    );
    expect(started['server_url']).toBe(started['livekit_url']);
    expect(valueOf('receiveWebhook', 'room_started')['room']).toMatchObject({ name: started['room_name'] });
    expect(valueOf('checkHealth', 'pass')['version']).toBe(api.info.version);
  });

  function exampleOfSchema(): Pick<Told, 'problem'> {
    const [example] = parseSchema(api.resolve({ $ref: '#/components/schemas/Problem' })).examples ?? [];
    return { problem: problem.parse(example) };
  }
});
