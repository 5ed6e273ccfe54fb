import { z } from 'zod';

const FORMATS: Readonly<Record<string, RegExp>> = {
  uuid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  uri: /^[a-z]+:\/\/[^\s]+$/,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/,
};

/** The part of JSON Schema that openapi.yaml uses. Strict: a keyword this check does not know fails it. */
const schemas = z.strictObject({
  /** Or null, where a list says so: the same as absent. */
  type: z.preprocess(
    (type): unknown => (Array.isArray(type) ? type.find((one) => one !== 'null') : type),
    z.enum(['object', 'array', 'string', 'integer', 'boolean']),
  ),
  description: z.string().optional(),
  required: z.array(z.string()).default([]),
  additionalProperties: z.union([z.boolean(), z.record(z.string(), z.unknown())]).optional(),
  properties: z.record(z.string(), z.unknown()).default({}),
  /** Which fields go together: for readers and generators, not checked here. */
  anyOf: z.array(z.unknown()).optional(),
  propertyNames: z.unknown().optional(),
  maxProperties: z.number().optional(),
  items: z.unknown().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  uniqueItems: z.boolean().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  enum: z.array(z.string()).optional(),
  const: z.string().optional(),
  format: z.enum(['uuid', 'uri', 'date-time']).optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  examples: z.array(z.unknown()).optional(),
});

export type JsonSchema = z.output<typeof schemas>;

export function parseSchema(node: unknown): JsonSchema {
  return schemas.parse(node);
}

/** What keeps a value from fitting a schema; empty when it fits. `resolve` follows references. */
export function misfits(
  node: unknown,
  value: unknown,
  resolve: (node: unknown) => unknown,
  path = '$',
): readonly string[] {
  const schema = parseSchema(resolve(node));
  switch (schema.type) {
    case 'object':
      return isRecord(value) ? objectMisfits(schema, value, resolve, path) : [`${path}: not an object`];
    case 'array':
      return Array.isArray(value)
        ? value.flatMap((item, index) => misfits(schema.items, item, resolve, `${path}[${index}]`))
        : [`${path}: not an array`];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${path}: not a boolean`];
    case 'integer':
      return Number.isInteger(value) && Number(value) >= (schema.minimum ?? -Infinity)
        ? []
        : [`${path}: not such an integer`];
    case 'string':
      return typeof value === 'string' && isSuchText(schema, value) ? [] : [`${path}: not such a string`];
  }
}

function objectMisfits(
  { properties, required, additionalProperties }: JsonSchema,
  value: Readonly<Record<string, unknown>>,
  resolve: (node: unknown) => unknown,
  path: string,
): readonly string[] {
  return [
    ...required.filter((name) => !(name in value)).map((name) => `${path}.${name}: missing`),
    ...Object.entries(value).flatMap(([name, field]) =>
      name in properties
        ? misfits(properties[name], field, resolve, `${path}.${name}`)
        : additionalProperties === false
          ? [`${path}.${name}: not documented`]
          : typeof additionalProperties === 'object'
            ? misfits(additionalProperties, field, resolve, `${path}.${name}`)
            : [],
    ),
  ];
}

function isSuchText({ enum: values, const: only, format, pattern }: JsonSchema, text: string): boolean {
  return (
    (values?.includes(text) ?? true) &&
    (only === undefined || only === text) &&
    (format === undefined || FORMATS[format]?.test(text) === true) &&
    (pattern === undefined || new RegExp(pattern).test(text))
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
