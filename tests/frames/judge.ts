import { isDeepStrictEqual } from 'node:util';
import type { Reading } from './decoder.ts';
import { expectedReading, normalised } from './expected.ts';
import type { Passage } from './gateway-path.ts';
import type { FrameKind } from './generate.ts';
import { AGENT, type Line } from './lines.ts';

/** One frame as LiveKit itself would have read it, and what it reads in what it got instead. */
export interface Readings {
  readonly asItCame: Reading;
  readonly asSent: readonly Reading[];
}

/** What is wrong with a passage; undefined where nothing is. */
export function judge(kind: FrameKind, passage: Passage, { asItCame, asSent }: Readings): string | undefined {
  return hearingProblem(kind, passage, asItCame) ?? lineProblem(passage) ?? sayingProblem(passage, asSent);
}

/** Text is never read; and what a library wrote is heard as LiveKit would have. */
function hearingProblem(kind: FrameKind, { frame, heard }: Passage, asItCame: Reading): string | undefined {
  if (!frame.isBinary) {
    return heard.kind === 'unreadable' ? undefined : `text was read as ${heard.kind}`;
  }
  const read = kindOf(asItCame);
  const isUnknown = heard.kind === 'unknown' && hasUnknownStatus(asItCame);
  return kind !== 'valid' || heard.kind === read || isUnknown
    ? undefined
    : `${read} was heard as ${heard.kind}`;
}

function lineProblem({ heard, told, before, after, isClosed }: Passage): string | undefined {
  const isOver = before.phase === 'closed';
  if ((isOver || SILENT.has(heard.kind)) && told.length > 0) {
    return `something was said of ${heard.kind} in phase ${before.phase}`;
  }
  if (heard.kind === 'unreadable' && !isOver && !isClosed) {
    return 'an unreadable message did not close the connection';
  }
  return isClosed && after.phase !== 'closed' ? 'a closed connection goes on' : undefined;
}

function sayingProblem({ told, before }: Passage, readings: readonly Reading[]): string | undefined {
  for (const [index, { report }] of told.entries()) {
    const reading = readings[index];
    if (reading === undefined) {
      return 'more was sent than read';
    }
    const problem = problemOf(reading, before);
    if (problem !== undefined) {
      return problem;
    }
    const expected = expectedReading(report);
    const read = normalised(reading.message ?? {});
    if (!isDeepStrictEqual(read, expected)) {
      return `the policy built ${text(expected)}, LiveKit reads ${text(read)}`;
    }
  }
  return undefined;
}

/** The message that LiveKit reads, in the gateway's words. */
export function kindOf({ error, message }: Reading): string {
  if (error !== undefined) {
    return 'unreadable';
  }
  const name = Object.keys(message ?? {})[0] ?? 'unknown';
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Numbers that no name is known for stay numbers. */
function hasUnknownStatus({ message }: Reading): boolean {
  return /"status":-?\d/.test(JSON.stringify(message));
}

/** Of these nothing may come. */
const SILENT: ReadonlySet<string> = new Set(['unknown', 'unreadable', 'simulate_job']);

/** Whatever the policy meant: what no line may ever say. */
function problemOf({ error, unknown, message }: Reading, before: Line): string | undefined {
  if (error !== undefined) {
    return `LiveKit cannot read it: ${error}`;
  }
  if (unknown) {
    return 'LiveKit finds unknown fields in it';
  }
  const [[kind, value] = ['nothing', undefined], ...more] = Object.entries(message ?? {});
  if (more.length > 0 || !(kind in MAY_SAY)) {
    return `LiveKit reads ${[kind, ...more.map(([name]) => name)].join()}`;
  }
  const fields: Readonly<Record<string, unknown>> =
    typeof value === 'object' && value !== null ? { ...value } : {};
  const isRight = Object.entries(MAY_SAY).find(([name]) => name === kind)?.[1];
  return isRight?.(fields, before) === true
    ? undefined
    : `no line may say ${text(message)} in phase ${before.phase}`;
}

type Rule = (fields: Readonly<Record<string, unknown>>, before: Line) => boolean;

const MAY_SAY: Readonly<Record<string, Rule>> = {
  register: ({ type, agentName, namespace = '', deployment, allowedPermissions }, { phase }) =>
    phase === 'opening' &&
    type === 'JT_ROOM' &&
    agentName === AGENT &&
    namespace === '' &&
    deployment === '' &&
    isPlain(allowedPermissions),
  availability: (
    { jobId, participantIdentity, participantAttributes, supportsResume, terminate },
    { offers },
  ) =>
    [...offers.keys()].some((offered) => offered === jobId) &&
    ['', `agent-${String(jobId)}`].includes(String(participantIdentity)) &&
    Object.keys(participantAttributes ?? {}).every((name) => !/^(lk|lkps)\./i.test(name)) &&
    supportsResume === false &&
    terminate === false,
  updateWorker: ({ load }, { phase }) => phase !== 'opening' && Number(load) >= 0 && Number(load) <= 1,
  updateJob: ({ jobId }, { jobs }) => [...jobs].some((own) => own === jobId),
  ping: (_, { phase }) => phase !== 'opening',
  migrateJob: (_, { phase }) => phase !== 'opening',
};

/** No right beyond those of an agent; and there at all, since none means every right. */
function isPlain(permission: unknown): boolean {
  if (typeof permission !== 'object' || permission === null) {
    return false;
  }
  const allowed = ['canPublish', 'canSubscribe', 'canPublishData', 'canUpdateMetadata', 'canPublishSources'];
  return Object.entries(permission).every(([name, value]) => allowed.includes(name) || value === false);
}

function text(value: unknown): string {
  return JSON.stringify(value).slice(0, 2000);
}
