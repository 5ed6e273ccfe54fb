#!/usr/bin/env node
import { readFileSync } from 'node:fs';

/** As in package.json; an older Node fails in some library, with a stack trace. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(`lkps needs Node 22.19 or newer; this is v${process.versions.node}\n`);
  process.exit(1);
}

/*
 * The `lkps` command of the npm package. Its libraries are optional peers, which whoever embeds the platform does not
 * all have: where some are missing it says which to install, in place of a stack trace about the first.
 */
try {
  await import('./cli.ts');
} catch (error) {
  const missing = isNotFound(error) ? missingPeers() : [];
  if (missing.length === 0) {
    throw error;
  }
  process.stderr.write(
    `lkps: as a service of its own it needs ${missing.length} more package(s):\n\n  npm install ${missing.join(' ')}\n`,
  );
  process.exitCode = 1;
}

/** Those this package names, as `"name@range"`; types are not needed to run. */
function missingPeers(): readonly string[] {
  const manifest: unknown = JSON.parse(readFileSync(new URL(ownManifest()), 'utf8'));
  const peers =
    isRecord(manifest) && isRecord(manifest['peerDependencies']) ? manifest['peerDependencies'] : {};
  return Object.entries(peers)
    .filter(([name]) => !name.startsWith('@types/') && !isInstalled(name))
    .map(([name, range]) => JSON.stringify(`${name}@${String(range)}`));
}

function ownManifest(): string {
  return import.meta.resolve('@livekit-platform/service/package.json');
}

function isInstalled(name: string): boolean {
  try {
    return import.meta.resolve(name) !== '';
  } catch {
    return false;
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
