import type * as z from 'zod';
import { LkpsError, type RequestIssue } from '../../core/index.ts';
import { headerValues, type HttpRequest, type RequestBody } from './exchange.ts';

const MAX_ISSUES = 20;
const MAX_ECHO = 64;
const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/**
 * The body of a request, read strictly: the declared type, UTF-8 without error, and exactly the fields of the schema.
 *
 * @throws LkpsError `body_too_large`, `unsupported_media_type`, `malformed_json`, `invalid_request` naming each field.
 */
export function readJson<T>(request: HttpRequest, schema: z.ZodType<T>): T {
  const body = readBytes(request.body);
  requireJsonType(request);
  const value = decodeJson(body);
  refuseProto(value);
  return parseWith(schema, value);
}

/** For a request that needs no body: nothing at all is as good as `{}`, and then needs no content type. */
export function readOptionalJson<T>(request: HttpRequest, schema: z.ZodType<T>): T {
  return readBytes(request.body).length === 0 ? parseWith(schema, {}) : readJson(request, schema);
}

/** @throws LkpsError `body_too_large`, and `overloaded` for a body that was left on the wire. */
export function readBytes(body: RequestBody): Uint8Array {
  if (body === 'too_large') {
    throw new LkpsError('body_too_large', 'the body is over the limit');
  }
  if (body === 'not_read') {
    throw new LkpsError('overloaded', 'the host was too busy to read the body');
  }
  return body;
}

function requireJsonType(request: HttpRequest): void {
  const types = headerValues(request, 'content-type');
  const plain = headerValues(request, 'content-encoding').every((encoding) => encoding === 'identity');
  if (types.length !== 1 || !JSON_TYPE.test(types[0] ?? '') || !plain) {
    throw new LkpsError('unsupported_media_type', 'the body is not declared as plain application/json');
  }
}

function decodeJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new LkpsError('malformed_json', 'the body is not JSON in UTF-8');
  }
}

/** A field of nobody's, at any depth; schemas lose it, where they refuse every other unknown field. */
function refuseProto(value: unknown): void {
  const pending = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next !== 'object' || next === null) {
      continue;
    }
    if (Object.hasOwn(next, '__proto__')) {
      const issues = [{ path: '__proto__', message: 'unknown field' }];
      throw new LkpsError('invalid_request', 'the body does not fit the schema', { issues });
    }
    pending.push(...Object.values<unknown>({ ...next }));
  }
}

function parseWith<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value, { error: wording });
  if (!parsed.success) {
    const issues = parsed.error.issues.flatMap(toIssues).slice(0, MAX_ISSUES);
    const code = parsed.error.issues.some(isForbidden) ? 'forbidden_field' : 'invalid_request';
    throw new LkpsError(code, 'the body does not fit the schema', { issues });
  }
  return parsed.data;
}

const EXPECTED: ReadonlyMap<string, string> = new Map([
  ['array', 'must be a list'],
  ['boolean', 'must be true or false'],
  ['object', 'must be an object'],
  ['string', 'must be text'],
]);

/** What a schema says without words of its own. */
function wording(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') {
    return EXPECTED.get(issue.expected);
  }
  return issue.code === 'invalid_value' ? `must be one of ${issue.values.map(String).join(', ')}` : undefined;
}

function isForbidden(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'custom' && issue.params?.['forbidden'] === true;
}

function toIssues(issue: z.core.$ZodIssue): readonly RequestIssue[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: pathOf([...issue.path, key]), message: 'unknown field' }));
  }
  return [{ path: pathOf(issue.path), message: issue.message }];
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.map(String).join('.').slice(0, MAX_ECHO);
}
