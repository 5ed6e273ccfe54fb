import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isOpenToPages } from '../../adapters/http/cors.ts';
import { ROUTES, type HttpResponse } from '../../adapters/http/index.ts';
import { PROBLEMS } from '../../adapters/http/problem.ts';
import { registerAgentBody } from '../../adapters/http/register-agent-body.ts';
import { startSessionBody } from '../../adapters/http/start-session-body.ts';
import { VERSION } from '../../composition/version.ts';
import { realAnswers, type RealAnswer } from '../support/platform-answers.ts';
import { misfits, parseSchema, type JsonSchema } from '../support/platform-json-schema.ts';
import { OpenApi, type Operation } from '../support/platform-openapi.ts';
import { SITE } from '../support/platform-over-memory.ts';
import { jsonOf } from '../support/platform-requests.ts';

const BODIES: Readonly<Record<string, z.ZodType>> = {
  registerAgent: registerAgentBody,
  startSession: startSessionBody,
};

describe('openapi.yaml', () => {
  let api: OpenApi;
  let answers: readonly RealAnswer[];
  beforeAll(async () => {
    [api, answers] = await Promise.all([OpenApi.open(), realAnswers()]);
  });
  const operationOf = (id: string): Operation =>
    api.operations.find(({ operation }) => operation.operationId === id)?.operation ?? expect.unreachable(id);
  const answersOf = (id: string): readonly HttpResponse[] =>
    answers.filter(({ operation }) => operation === id).map(({ response }) => response);

  it('has exactly the routes: paths, methods and operations', () => {
    const documented = api.operations.filter(({ method }) => method !== 'OPTIONS');
    expect(documented.map(({ path, method, operation }) => [method, path, operation.operationId])).toEqual(
      ROUTES.map(({ method, path, operation }) => [method, path, operation]),
    );
  });

  it('has a preflight exactly where a page may call', () => {
    const documented = api.operations.filter(({ method }) => method === 'OPTIONS');
    const open = ROUTES.filter((route) =>
      isOpenToPages({ ...SITE, corsOrigins: ['https://app.example.test'] }, route),
    );
    expect(documented.map(({ path, operation }) => [path, operation.operationId])).toEqual(
      open.map(({ path, operation }) => [
        path,
        `preflight${operation[0]?.toUpperCase()}${operation.slice(1)}`,
      ]),
    );
  });

  it('asks for an identity exactly where its lack is refused', () => {
    for (const { operation } of api.operations) {
      expect(operation.security.length > 0, operation.operationId).toBe('401' in operation.responses);
    }
  });

  it('is of the version of the service', () => {
    expect(api.info.version).toBe(VERSION);
  });

  it('has exactly the error codes, and says of each its status and what to do', () => {
    const problem = parseSchema(api.resolve({ $ref: '#/components/schemas/Problem' }));
    const codes = parseSchema(problem.properties['code']).enum;
    expect(codes).toEqual([...Object.keys(PROBLEMS), 'internal_error']);
    const rows = [...api.info.description.matchAll(/^\| (\d{3}) +\| `(\w+)` +\| (\S.*\S) +\|$/gm)];
    expect(rows.map(([, status, code]) => [code, Number(status)])).toEqual([
      ...Object.entries(PROBLEMS).map(([code, { status }]) => [code, status]),
      ['internal_error', 500],
    ]);
  });

  it.each(Object.keys(BODIES))('takes the request fields of %s that are parsed, and no other', (id) => {
    const body = operationOf(id).requestBody ?? expect.unreachable();
    const documented = parseSchema(api.resolve(body.content['application/json']?.schema));
    const { $schema, ...parsed } = z.toJSONSchema(BODIES[id] ?? expect.unreachable(), {
      io: 'input',
      unrepresentable: 'any', // rules in code; what type they are about is said beside them
    });
    expect($schema).toContain('json-schema.org');
    expect(shapeOf(documented, (node) => api.resolve(node))).toEqual(shapeOf(parseSchema(parsed)));
    expect(body.required).toBe(id === 'startSession');
  });

  it('has exactly the statuses that are answered, and each answer is as documented', () => {
    for (const { operation } of api.operations) {
      const responses = answersOf(operation.operationId);
      const statuses = [...new Set(responses.map(({ status }) => status))].sort((a, b) => a - b);
      expect(statuses, operation.operationId).toEqual(documentedStatuses(operation));
      for (const response of responses) {
        expect(unfit(operation, response), `${operation.operationId} ${response.status}`).toEqual([]);
      }
    }
  });

  it('has no header that is never answered', () => {
    for (const { operation } of api.operations) {
      for (const status of documentedStatuses(operation)) {
        const responses = answersOf(operation.operationId).filter((response) => response.status === status);
        const seen = new Set(responses.flatMap(({ headers }) => Object.keys(headers)));
        const documented = Object.keys(api.responseOf(operation, status)?.headers ?? {});
        expect(documented.filter((name) => !seen.has(name))).toEqual([]);
      }
    }
  });

  it('promises exactly the fields that a success is answered with', () => {
    for (const [id, status] of [
      ['registerAgent', 200],
      ['startSession', 201],
      ['checkHealth', 200],
    ] as const) {
      const response = answersOf(id).find((one) => one.status === status) ?? expect.unreachable();
      const media = api.responseOf(operationOf(id), status)?.content['application/json'];
      const { required, properties } = parseSchema(api.resolve(media?.schema));
      expect(Object.keys(z.looseObject({}).parse(jsonOf(response)))).toEqual(required);
      expect(Object.keys(properties)).toEqual(required);
    }
  });

  /** What of an answer is not as documented: its headers, its media type, its body. */
  function unfit(operation: Operation, response: HttpResponse): readonly string[] {
    const documented = api.responseOf(operation, response.status);
    if (documented === undefined) {
      return [`status ${response.status}: not documented`];
    }
    const { 'content-type': contentType, ...others } = response.headers;
    const unknown = Object.keys(others).filter((name) => !(name in documented.headers));
    const headers = Object.keys(documented.headers).flatMap((name) => {
      const { required, schema } = api.headerOf(documented, name);
      const value = others[name];
      return value === undefined && required !== true
        ? []
        : misfits(schema, value, (node) => api.resolve(node), name);
    });
    const [mediaType, media] = Object.entries(documented.content)[0] ?? [];
    return [
      ...unknown.map((name) => `${name}: not documented`),
      ...headers,
      ...(contentType === mediaType ? [] : [`content-type: ${contentType ?? 'none'}`]),
      ...(media === undefined
        ? [...response.body].slice(0, 1).map(() => 'a body: not documented')
        : misfits(media.schema, jsonOf(response), (node) => api.resolve(node))),
    ];
  }
});

function documentedStatuses({ responses }: Operation): readonly number[] {
  return Object.keys(responses)
    .map(Number)
    .sort((a, b) => a - b);
}

function shapeOf(schema: JsonSchema, resolve: (node: unknown) => unknown = (node) => node): unknown {
  const { type, properties, required, additionalProperties } = schema;
  const types = Object.entries(properties).map(([name, field]) => [name, parseSchema(resolve(field)).type]);
  return { type, required, types: types.sort(), additionalProperties };
}
