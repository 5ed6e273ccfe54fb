import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { lazyHttp } from './lazy-http.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * What is run in production, each one file that needs nothing beside it but Node. Names and lines are kept, for the log;
 * what cannot run is dropped.
 */
const BUNDLES: Readonly<Record<string, { readonly entry: string; readonly file: string }>> = {
  lambda: { entry: 'composition/main-lambda.ts', file: 'dist/lambda/index.mjs' },
  cli: { entry: 'composition/cli.ts', file: 'dist/cli/lkps.mjs' },
};

/** Drivers that knex and pg look for and that the platform does not use. */
const UNUSED_DRIVERS = [
  'pg-native',
  'better-sqlite3',
  'sqlite3',
  'mysql',
  'mysql2',
  'mariadb',
  'mariadb/callback',
  'oracledb',
  'tedious',
  'pg-query-stream',
];

/** CommonJS packages inside an ES module still ask for Node's own modules by `require`. */
const REQUIRE =
  "import { createRequire as lkpsRequire } from 'node:module'; const require = lkpsRequire(import.meta.url);";

/** An older Node fails in some library, with a stack trace. */
const OLD_NODE = `
if (process.versions.node.localeCompare('22.19', 'en', { numeric: true }) < 0) {
  process.stderr.write(\`lkps needs Node 22.19 or newer; this is \${process.version}\\n\`);
  process.exit(1);
}`;

const name = process.argv[2] ?? '';
const bundle = Object.hasOwn(BUNDLES, name) ? BUNDLES[name] : undefined;
if (bundle === undefined) {
  process.stderr.write(`usage: bundle ${Object.keys(BUNDLES).join('|')}\n`);
  process.exit(2);
}
await build({
  absWorkingDir: root,
  entryPoints: [bundle.entry],
  outfile: bundle.file,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  external: UNUSED_DRIVERS,
  minifySyntax: true,
  plugins: [lazyHttp],
  banner: { js: `${REQUIRE}\n${OLD_NODE}` },
  logLevel: 'warning',
});
