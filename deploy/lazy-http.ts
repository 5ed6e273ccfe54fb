import type { Plugin } from 'esbuild';

/**
 * Node's `http` and `https`, loaded by whoever uses them and when. A bundle would load them at its start for libraries in
 * it that are never run, and that takes longer than the rest of a cold import of the platform.
 */
export const lazyHttp: Plugin = {
  name: 'lazy-http',
  setup: (bundle) => {
    bundle.onResolve({ filter: /^(?:node:)?https?$/ }, ({ path, namespace }) =>
      namespace === 'lazy-http' ? { path, external: true } : { path, namespace: 'lazy-http' },
    );
    bundle.onLoad({ filter: /.*/, namespace: 'lazy-http' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};
