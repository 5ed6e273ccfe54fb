import type { AgentName } from '../model/names.ts';
import type { LineEffect, LineEvent, WorkerLine } from '../model/worker-line.ts';

/** A connection whose worker has said nothing yet. */
export function openLine<Frame>(agent: AgentName): WorkerLine<Frame> {
  return {
    agent,
    phase: 'opening',
    permissions: undefined,
    offers: new Map(),
    jobs: new Set(),
    capacity: 'available',
    told: { load: 0, jobCount: 0 },
    newest: undefined,
  };
}

/** What becomes of a line, and what is to be done. Whatever is said, nothing throws. */
export function step<Frame>(
  line: WorkerLine<Frame>,
  event: LineEvent<Frame>,
): { readonly line: WorkerLine<Frame>; readonly effects: readonly LineEffect<Frame>[] } {
  void event;
  return { line, effects: [] };
}
