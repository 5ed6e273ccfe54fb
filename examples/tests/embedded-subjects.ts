import { join } from 'node:path';
import { createTemporaryDirectory, removeDirectory } from '../../dev/process/temporary-directory.ts';
import { JsonlAuditStore } from '../embedded/jsonl-audit-store.ts';

export const SUBJECT_KEY = new TextEncoder().encode('subject-key-of-the-embedding-service!');

export interface TrailFixture {
  readonly trail: JsonlAuditStore;
  readonly path: string;
  readonly close: () => Promise<void>;
}

/** A trail in a folder of its own. */
export async function openTrail(): Promise<TrailFixture> {
  const folder = await createTemporaryDirectory('lkps-trail-');
  const path = join(folder, 'audit.jsonl');
  const trail = await JsonlAuditStore.open(path, SUBJECT_KEY);
  return {
    trail,
    path,
    close: async () => {
      await trail.close();
      removeDirectory(folder);
    },
  };
}

/** A trail that was closed: nothing can be put on it any more. */
export async function closedTrail(): Promise<JsonlAuditStore> {
  const { trail, close } = await openTrail();
  await close();
  return trail;
}
