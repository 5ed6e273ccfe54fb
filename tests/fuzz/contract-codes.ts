import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import * as z from 'zod';

const CONTRACT = new URL('../../adapters/http/openapi.yaml', import.meta.url);

const document = z.object({
  components: z.object({
    schemas: z.object({
      Problem: z.object({ properties: z.object({ code: z.object({ enum: z.array(z.string()) }) }) }),
    }),
  }),
});

/** Every code that a refusal may have, as openapi.yaml lists them. */
export async function contractCodes(): Promise<ReadonlySet<string>> {
  const { components } = document.parse(parse(await readFile(CONTRACT, 'utf8')));
  return new Set(components.schemas.Problem.properties.code.enum);
}
