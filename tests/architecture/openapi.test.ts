import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ROUTES, type HttpResponse } from '../../adapters/http/index.ts';
import { PROBLEMS } from '../../adapters/http/problem.ts';
import { registerAgentBody, startSessionBody } from '../../adapters/http/schemas.ts';
import { VERSION } from '../../composition/version.ts';
import { realAnswers } from '../support/platform-answers.ts';
import { misfits, parseSchema, type JsonSchema } from '../support/platform-json-schema.ts';
import { OpenApi, type Operation } from '../support/platform-openapi.ts';
import { jsonOf } from '../support/platform-requests.ts';

const BODIES: Readonly<Record<string, z.ZodType>> = {
  registerAgent: registerAgentBody,
  startSession: startSessionBody,
};

describe('openapi.yaml', () => {
  let api: OpenApi;
  beforeAll(async () => {
    api = await OpenApi.open();
  });
  const operationOf = (id: string): Operation =>
    api.operations.find(({ operation }) => operation.operationId === id)?.operation ?? expect.unreachable(id);

  it('has exactly the routes: paths, methods and operations', () => {
    const documented = api.operations.map(({ path, method, operation }) => [
      method,
      path,
      operation.operationId,
    ]);
    expect(documented).toEqual(ROUTES.map(({ method, path, operation }) => [method, path, operation]));
  });

  it('is of the version of the service', () => {
    expect(api.version).toBe(VERSION);
  });

  it('has exactly the error codes, each under its status', () => {
    const problem = parseSchema(api.resolve({ $ref: '#/components/schemas/Problem' }));
    const codes = parseSchema(problem.properties['code']).enum;
    expect(codes).toEqual([...Object.keys(PROBLEMS), 'internal_error']);
    for (const { operation } of api.operations) {
      for (const status of documentedStatuses(operation).filter((one) => one >= 400)) {
        const { description, content } = api.responseOf(operation, status) ?? expect.unreachable();
        if ('application/problem+json' in content) {
          const named = [...description.matchAll(/`([a-z_]+)`/g)].map(([, code = '']) => code);
          const expected = Object.entries(PROBLEMS).filter(([, known]) => known.status === status);
          expect(named.filter((code) => code in PROBLEMS).sort()).toEqual(
            expected.map(([code]) => code).sort(),
          );
        }
      }
    }
  });

  it.each(Object.keys(BODIES))('takes the request fields of %s that are parsed, and no other', (id) => {
    const body = operationOf(id).requestBody ?? expect.unreachable();
    const documented = parseSchema(api.resolve(body.content['application/json']?.schema));
    const { $schema, ...parsed } = z.toJSONSchema(BODIES[id] ?? expect.unreachable(), { io: 'input' });
    expect($schema).toContain('json-schema.org');
    expect(shapeOf(documented)).toEqual(shapeOf(parseSchema(parsed)));
    expect(body.required).toBe(documented.required.length > 0);
  });

  it('has exactly the statuses that are answered, and each answer fits its schema', async () => {
    const seen = new Map<string, Set<number>>();
    for (const { operation: id, response } of await realAnswers()) {
      seen.set(id, (seen.get(id) ?? new Set()).add(response.status));
      expect(unfit(operationOf(id), response), `${id} ${response.status}`).toEqual([]);
    }
    for (const { operation } of api.operations) {
      const answered = [...(seen.get(operation.operationId) ?? [])].sort((a, b) => a - b);
      expect(answered, operation.operationId).toEqual(documentedStatuses(operation));
    }
  });

  it('promises exactly the fields that a success is answered with', async () => {
    const withBody = (await realAnswers()).filter(
      ({ response }) => response.status < 300 && response.body.length > 0,
    );
    expect(withBody.length).toBe(3);
    for (const { operation, response } of withBody) {
      const media = api.responseOf(operationOf(operation), response.status)?.content['application/json'];
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
    const headers = Object.keys(documented.headers).flatMap((name) => {
      const { required, schema } = api.headerOf(documented, name);
      const value = response.headers[name];
      return value === undefined && required !== true
        ? []
        : misfits(schema, value, (node) => api.resolve(node), name);
    });
    const [mediaType, media] = Object.entries(documented.content)[0] ?? [];
    if (media === undefined) {
      return [...headers, ...(response.body.length === 0 ? [] : ['a body: not documented'])];
    }
    const isOfType = response.headers['content-type'] === mediaType;
    const body = misfits(media.schema, jsonOf(response), (node) => api.resolve(node));
    return [...headers, ...(isOfType ? [] : [`content-type: not ${mediaType ?? ''}`]), ...body];
  }
});

function documentedStatuses({ responses }: Operation): readonly number[] {
  return Object.keys(responses)
    .map(Number)
    .sort((a, b) => a - b);
}

function shapeOf({ type, properties, required, additionalProperties }: JsonSchema): unknown {
  const types = Object.entries(properties).map(([name, field]) => [name, parseSchema(field).type]);
  return { type, required, types, additionalProperties };
}
