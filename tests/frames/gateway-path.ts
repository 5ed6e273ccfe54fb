import { reportFrame } from '../../adapters/agent-gateway/report-frame.ts';
import { readWorkerFrame } from '../../adapters/agent-gateway/worker-frame.ts';
import { step, type LineEvent, type WorkerMessage, type WorkerReport } from '../../core/index.ts';
import type { Random } from '../fuzz/random.ts';
import { binary, type Frame } from './frame.ts';
import { followUp, type Line } from './lines.ts';

/** What the gateway made of one frame. */
export interface Passage {
  readonly frame: Frame;
  readonly before: Line;
  readonly after: Line;
  readonly heard: WorkerMessage;
  /** What the policy built, and the bytes that LiveKit gets for it. */
  readonly told: readonly { readonly report: WorkerReport; readonly sent: Frame }[];
  readonly isClosed: boolean;
}

/** Decode, policy step, encode; and whatever the rest of the gateway answers to it. */
export function pass(random: Random, before: Line, frame: Frame): Passage {
  const heard = readWorkerFrame(frame.bytes, frame.isBinary);
  const events: LineEvent<string>[] = [{ kind: 'worker_said', message: heard }];
  const told: Passage['told'][number][] = [];
  let line = before;
  let isClosed = false;
  for (let event = events.shift(); event !== undefined; event = events.shift()) {
    const { line: next, effects } = step(line, event);
    line = next;
    for (const effect of effects) {
      if (effect.kind === 'tell_server') {
        told.push({ report: effect.report, sent: binary(reportFrame(effect.report)) });
      }
      isClosed ||= effect.kind === 'close';
      const answer = followUp(random, effect);
      if (answer !== undefined) {
        events.push(answer);
      }
    }
  }
  return { frame, before, after: line, heard, told, isClosed };
}
