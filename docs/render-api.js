// Renders adapters/http/openapi.yaml to docs/api.md: `npm run docs:api` writes the page, `npm run check:api` fails when
// it is not what the contract renders to.
import { readFile, writeFile } from 'node:fs/promises';
import { URL } from 'node:url';
import { createMarkdownFromOpenApi } from '@scalar/openapi-to-markdown';
import { parse } from 'yaml';

const SOURCE = new URL('../adapters/http/openapi.yaml', import.meta.url);
const PAGE = new URL('api.md', import.meta.url);
const PROBLEM = '#/components/schemas/Problem';
/** Headers of nearly every request and answer: the page explains them at the top and not forty times more. */
const SAID_ONCE = [
  ...['x-request-id', 'origin', 'cache-control', 'vary'],
  ...['access-control-allow-origin', 'access-control-expose-headers'],
];

const api = parse(await readFile(SOURCE, 'utf8'));
// The tool names the version it converts to in memory.
const page = (await createMarkdownFromOpenApi(forReaders())).replace('`3.2.0`', `\`${api.openapi}\``);
if (!process.argv.includes('--check')) {
  await writeFile(PAGE, page);
} else if ((await readFile(PAGE, 'utf8').catch(() => '')) !== page) {
  console.error('docs/api.md is not what adapters/http/openapi.yaml renders to. Mend it: npm run docs:api');
  process.exitCode = 1;
}

/** The contract without repetition: schemas stand where they are used, and only Problem has a place of its own. */
function forReaders() {
  const { info, servers, paths, components } = api;
  const answers = Object.values(paths)
    .flatMap((item) => Object.values(item))
    .flatMap(({ responses }) => Object.values(responses).map(resolved));
  const description = [
    info.description,
    headerTable('Request headers', Object.values(components.parameters)),
    headerTable(
      'Answer headers',
      SAID_ONCE.flatMap((name) => headerOf(name, answers)),
    ),
    '## Authentication',
    ...Object.entries(components.securitySchemes).map(
      ([name, scheme]) => `**${name}**: ${scheme.description}`,
    ),
  ].join('\n\n');
  return {
    openapi: api.openapi,
    info: { ...info, description },
    servers,
    paths: Object.fromEntries(
      Object.entries(paths).map(([path, item]) => [path, { servers: [], ...lean(item) }]),
    ),
    components: { schemas: { Problem: lean(resolved({ $ref: PROBLEM })) } },
  };
}

function headerOf(name, answers) {
  const header = answers.map(({ headers }) => headers[name]).find((found) => found !== undefined);
  return header === undefined ? [] : [{ name, ...resolved(header) }];
}

function headerTable(title, headers) {
  const rows = headers.map(({ name, description }) => `| \`${name}\` | ${description.trim()} |`);
  return [`## ${title}`, '', '| Header | What it is |', '| --- | --- |', ...rows].join('\n');
}

function lean(node) {
  if (Array.isArray(node)) {
    return node.map(lean).filter((item) => !SAID_ONCE.includes(item.name));
  }
  if (typeof node !== 'object' || node === null) {
    return node;
  }
  if ('$ref' in node) {
    return node.$ref === PROBLEM ? undefined : lean(resolved(node));
  }
  const kept = Object.entries(node).filter(([key]) => ![...SAID_ONCE, 'additionalProperties'].includes(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, lean(value)]));
}

function resolved(node) {
  const [, ...path] = '$ref' in node ? node.$ref.split('/') : [];
  return path.length === 0 ? node : path.reduce((parent, key) => parent[key], api);
}
