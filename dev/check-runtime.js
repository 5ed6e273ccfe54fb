// Plain JavaScript, so that an old Node can still say what is wrong.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    `LKPS runs its TypeScript sources directly, which needs Node 22.19 or newer; this is ${process.version}.\n` +
      'npm ci installs Node 26 beside the dependencies (the package "node"). It is not there, most likely because\n' +
      'install scripts are switched off: run "npm rebuild", or use a newer Node.',
  );
  process.exit(1);
}
