import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { ROOT } from './platform-project.ts';

const reference = z.strictObject({ $ref: z.string() });
const header = z.object({ required: z.boolean().optional(), schema: z.unknown() });
const response = z.object({
  description: z.string(),
  headers: z.record(z.string(), z.unknown()).default({}),
  content: z.record(z.string(), z.object({ schema: z.unknown() })).default({}),
});
const operation = z.object({
  operationId: z.string(),
  requestBody: z
    .object({ required: z.boolean(), content: z.record(z.string(), z.object({ schema: z.unknown() })) })
    .optional(),
  responses: z.record(z.string(), z.unknown()),
});
const document = z.object({
  info: z.object({ version: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.record(z.string(), z.record(z.string(), z.unknown())),
});

export type Operation = z.output<typeof operation>;
type Response = z.output<typeof response>;
type Header = z.output<typeof header>;

/** openapi.yaml, read as far as the tests compare it. */
export class OpenApi {
  readonly version: string;
  readonly #paths: z.output<typeof document>['paths'];
  readonly #components: z.output<typeof document>['components'];

  private constructor({ info, paths, components }: z.output<typeof document>) {
    this.version = info.version;
    this.#paths = paths;
    this.#components = components;
  }

  static async open(): Promise<OpenApi> {
    return new OpenApi(document.parse(parse(await readFile(`${ROOT}adapters/http/openapi.yaml`, 'utf8'))));
  }

  get operations(): readonly {
    readonly path: string;
    readonly method: string;
    readonly operation: Operation;
  }[] {
    return Object.entries(this.#paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        path,
        method: method.toUpperCase(),
        operation,
      })),
    );
  }

  responseOf({ responses }: Operation, status: number): Response | undefined {
    const found = responses[status.toString()];
    return found === undefined ? undefined : response.parse(this.resolve(found));
  }

  headerOf({ headers }: Response, name: string): Header {
    return header.parse(this.resolve(headers[name]));
  }

  /** What a `$ref` of this document stands for; anything else stands for itself. */
  resolve(node: unknown): unknown {
    const parsed = reference.safeParse(node);
    if (!parsed.success) {
      return node;
    }
    const [, kind = '', name = ''] = /^#\/components\/(\w+)\/(\w+)$/.exec(parsed.data.$ref) ?? [];
    const target = this.#components[kind]?.[name];
    if (target === undefined) {
      throw new Error(`nothing at ${parsed.data.$ref}`);
    }
    return target;
  }
}
