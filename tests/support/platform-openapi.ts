import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { ROOT } from './platform-project.ts';

const reference = z.strictObject({ $ref: z.string() });
const header = z.object({ required: z.boolean().optional(), schema: z.unknown() });
const example = z.object({ value: z.unknown() });
const content = z
  .record(z.string(), z.object({ schema: z.unknown(), examples: z.record(z.string(), z.unknown()) }))
  .default({});
const response = z.object({
  description: z.string(),
  headers: z.record(z.string(), z.unknown()).default({}),
  content,
});
const operation = z.object({
  operationId: z.string(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  requestBody: z.object({ required: z.boolean(), content }).optional(),
  responses: z.record(z.string(), z.unknown()),
});
const document = z.object({
  info: z.object({ version: z.string(), description: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.record(z.string(), z.record(z.string(), z.unknown())),
});

export type Operation = z.output<typeof operation>;
type Response = z.output<typeof response>;
type Header = z.output<typeof header>;
type Media = z.output<typeof content>[string];

interface LocatedOperation {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

/** An example as it stands in the document; `status` is absent where it is of a request. */
export interface Example {
  readonly operation: string;
  readonly status?: number;
  readonly name: string;
  readonly value: unknown;
  readonly schema: unknown;
}

/** openapi.yaml, read as far as the tests compare it. */
export class OpenApi {
  readonly text: string;
  readonly info: z.output<typeof document>['info'];
  readonly operations: readonly LocatedOperation[];
  readonly #components: z.output<typeof document>['components'];

  private constructor(text: string) {
    const { info, paths, components } = document.parse(parse(text));
    this.text = text;
    this.info = info;
    this.operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, found]) => ({
        path,
        method: method.toUpperCase(),
        operation: found,
      })),
    );
    this.#components = components;
  }

  static async open(): Promise<OpenApi> {
    return new OpenApi(await readFile(`${ROOT}adapters/http/openapi.yaml`, 'utf8'));
  }

  responseOf({ responses }: Operation, status: number): Response | undefined {
    const found = responses[status.toString()];
    return found === undefined ? undefined : response.parse(this.resolve(found));
  }

  headerOf({ headers }: Response, name: string): Header {
    return header.parse(this.resolve(headers[name]));
  }

  get requestExamples(): readonly Example[] {
    return this.operations.flatMap(({ operation: of }) => this.#examplesIn(of, of.requestBody?.content));
  }

  get responseExamples(): readonly Example[] {
    return this.operations.flatMap(({ operation: of }) =>
      Object.keys(of.responses)
        .map(Number)
        .flatMap((status) => {
          const examples = this.#examplesIn(of, this.responseOf(of, status)?.content);
          return examples.map((one) => ({ ...one, status }));
        }),
    );
  }

  #examplesIn({ operationId }: Operation, media: Readonly<Record<string, Media>> = {}): readonly Example[] {
    return Object.values(media).flatMap(({ schema, examples }) =>
      Object.entries(examples).map(([name, node]) => {
        const { value } = example.parse(this.resolve(node));
        return { operation: operationId, name, value, schema };
      }),
    );
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
