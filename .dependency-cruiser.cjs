/**
 * Import boundaries: core <- adapters <- composition, and nothing of dev/ or tests/ in what ships.
 * tests/architecture/boundaries.test.ts proves that each rule bites.
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    {
      name: 'core-imports-core-only',
      comment: 'core is framework-free: no package, no Node builtin, no adapter.',
      severity: 'error',
      from: { path: '^core/' },
      to: { pathNot: '^core/' },
    },
    {
      name: 'adapters-are-strangers',
      comment: 'An adapter knows core and the HTTP contract, never its siblings.',
      severity: 'error',
      from: { path: '^adapters/([^/]+)/' },
      to: { path: '^adapters/', pathNot: '^adapters/($1|http)/' },
    },
    {
      name: 'http-is-host-free',
      comment:
        'The HTTP contract is shared by every host, so it imports no server library and no Node builtin.',
      severity: 'error',
      from: { path: '^adapters/http/' },
      to: { pathNot: '^(core|adapters/http|node_modules/zod)/' },
    },
    {
      name: 'adapters-look-inward',
      severity: 'error',
      from: { path: '^adapters/' },
      to: { path: '^(composition|dev|tests|bench)/' },
    },
    {
      name: 'composition-ships-no-dev',
      severity: 'error',
      from: { path: '^composition/' },
      to: { path: '^(dev|tests|bench)/' },
    },
    {
      name: 'container-only',
      comment: 'tsyringe lives in one file; everything else takes its dependencies as an object.',
      severity: 'error',
      from: { pathNot: '^composition/container\\.ts$' },
      to: { path: '(^|/)node_modules/(tsyringe|reflect-metadata)/' },
    },
    {
      name: 'dev-is-no-back-door',
      comment: 'The stand-ins and the agent know the service by its external interfaces only.',
      severity: 'error',
      from: { path: '^dev/', pathNot: '^dev/ocelot/access-token\\.ts$' },
      to: { path: '^(core|adapters|composition|tests)/' },
    },
    {
      name: 'dev-ocelot-verifies-only',
      comment:
        'The one exception: the edge stand-in checks tokens with the verifier that ships, so that there are not two.',
      severity: 'error',
      from: { path: '^dev/ocelot/access-token\\.ts$' },
      to: {
        path: '^(core|adapters|composition|tests)/',
        pathNot: '^adapters/identity-entra/index\\.ts$',
      },
    },
    {
      name: 'sdk-stands-alone',
      comment: 'The agent SDK is published on its own.',
      severity: 'error',
      from: { path: '^sdk/typescript/src/' },
      to: { path: '^(core|adapters|composition|bench|deploy|dev|examples|tests)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^tests/architecture/fixtures/' }, // planted breaches
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['development', 'import', 'node', 'default'],
    },
  },
};
