import { FileApplicationDirectory } from '../adapters/directory-file/index.ts';
import { GraphApplicationDirectory } from '../adapters/directory-graph/index.ts';
import type { ApplicationDirectory, Clock } from '../core/index.ts';
import type { ServeConfig } from './config.ts';

/** A file must be there and right at the start; Graph is asked when it is needed, and may be away until then. */
export async function openDirectory(
  { config: { directory }, secrets }: ServeConfig,
  clock: Clock,
): Promise<ApplicationDirectory> {
  if (directory.source === 'file') {
    return FileApplicationDirectory.open(directory.path);
  }
  const { graphCredential } = await import('./graph-credential.ts');
  const credential = graphCredential(directory, secrets.graphClientSecret, process.env);
  return new GraphApplicationDirectory({ ...directory, credential, clock });
}
