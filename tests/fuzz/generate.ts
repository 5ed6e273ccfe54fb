import { baseRequest } from './base-requests.ts';
import { applyOne } from './change.ts';
import { CONTENT_CHANGES } from './content-changes.ts';
import { FIELD_CHANGES } from './field-changes.ts';
import { FRAMING_CHANGES } from './framing-changes.ts';
import type { ByteEdit, Delivery, FuzzCase } from './fuzz-case.ts';
import { HEADER_CHANGES } from './header-changes.ts';
import { IDENTITY_CHANGES } from './identity-changes.ts';
import { JSON_CHANGES } from './json-changes.ts';
import type { Message } from './message.ts';
import { Random } from './random.ts';
import { TARGET_CHANGES } from './target-changes.ts';

/** In this order: framing comes last, since it counts the bytes of what is there. */
const KINDS = [
  { changes: IDENTITY_CHANGES, weight: 5 },
  { changes: [...FIELD_CHANGES, ...JSON_CHANGES], weight: 5 },
  { changes: [...HEADER_CHANGES, ...CONTENT_CHANGES], weight: 4 },
  { changes: TARGET_CHANGES, weight: 2 },
  { changes: FRAMING_CHANGES, weight: 3 },
] as const;

/** How many of the kinds a request is changed in. */
const AMOUNTS = [
  { amount: 0, weight: 10 },
  { amount: 1, weight: 50 },
  { amount: 2, weight: 28 },
  { amount: 3, weight: 12 },
];

const WHOLE: Delivery = { kind: 'whole' };

/** The case of that number: the same for the same seed, whatever came before it. */
export function generateCase(seed: number, phase: string, index: number): FuzzCase {
  const random = new Random(`${seed}/${phase}/${index}`);
  const pipelined = random.chance(0.08);
  const count = pipelined ? random.between(2, 6) : 1;
  const messages = Array.from({ length: count }, (_, place) =>
    inLine(
      makeMessage(random, `fz-${phase}-${index}-${place}-${random.hex(8)}`),
      { last: place === count - 1 },
      random,
    ),
  );
  const edited = !pipelined && random.chance(0.1) && canBeEdited(messages);
  const how = edited ? WHOLE : delivery(random);
  const promised = edited || how.kind === 'abort' ? messages.map(doubtful) : messages;
  return {
    phase,
    index,
    messages: pipelined ? unlessClean(promised) : promised,
    edits: edited ? byteEdits(random) : [],
    delivery: how,
  };
}

function makeMessage(random: Random, id: string): Message {
  const { amount } = random.weighted(AMOUNTS);
  const chosen = new Set<(typeof KINDS)[number]>();
  while (chosen.size < amount) {
    chosen.add(random.weighted(KINDS));
  }
  const changed = KINDS.filter((kind) => chosen.has(kind)).reduce<Message>(
    (message, { changes }) => applyOne(changes, message, random),
    baseRequest(random),
  );
  return withRequestId(changed, id, random);
}

/** Mostly one that the service keeps; where it has to make its own, only the answer says which. */
function withRequestId(message: Message, id: string, random: Random): Message {
  if (random.chance(0.9)) {
    return { ...message, requestId: id, headers: [...message.headers, ['x-request-id', id]] };
  }
  const odd = random.pick(['', 'x'.repeat(65), 'a b', '\xff', '../x', '{{proof}}!']);
  return random.chance(0.5) ? message : { ...message, headers: [...message.headers, ['x-request-id', odd]] };
}

/** Only the last request of a connection may say that it is the last, or leave its end in doubt. */
function inLine(message: Message, place: { readonly last: boolean }, random: Random): Message {
  if (place.last) {
    return random.chance(0.6)
      ? { ...message, headers: [...message.headers, ['connection', 'close']] }
      : message;
  }
  const { leavesBytes = false, unfinished = false } = message;
  return leavesBytes || unfinished ? harmless(message) : message;
}

/** What a request in the middle is replaced by. */
function harmless({ requestId = 'none' }: Message): Message {
  return {
    operation: 'none',
    verdict: 'must_not',
    story: ['unknown path'],
    method: 'GET',
    target: '/',
    version: 'HTTP/1.1',
    headers: [
      ['host', 'lkps.test'],
      ['x-request-id', requestId],
    ],
    body: '',
    framing: { kind: 'none' },
  };
}

/** What follows a request may end the connection before it is answered. */
function unlessClean(messages: readonly Message[]): readonly Message[] {
  return messages.every(({ verdict }) => verdict === 'must') ? messages : messages.map(doubtful);
}

function doubtful(message: Message): Message {
  return message.verdict === 'must' ? { ...message, verdict: 'may' } : message;
}

/** An edit may undo a change. Only where that cannot give anybody anything is the verdict still known. */
function canBeEdited([message]: readonly Message[]): boolean {
  return message !== undefined && (message.verdict !== 'must_not' || message.story.includes('nobody'));
}

function byteEdits(random: Random): readonly ByteEdit[] {
  return Array.from({ length: random.between(1, 4) }, () => ({
    at: random.next(),
    kind: random.pick(['replace', 'insert', 'remove', 'repeat'] as const),
    byte: random.pick([0, 9, 10, 13, 32, 34, 44, 58, 127, 128, 255, random.below(256)]),
    count: random.pick([1, 1, 1, 2, 5, 30]),
  }));
}

function delivery(random: Random): Delivery {
  const roll = random.next();
  if (roll < 0.75) {
    return { kind: 'whole' };
  }
  if (roll < 0.93) {
    const cuts = Array.from({ length: random.between(1, 6) }, () => random.next()).sort((a, b) => a - b);
    return { kind: 'split', cuts, pauseMs: random.pick([0, 0, 1, 5]) };
  }
  return { kind: 'abort', after: random.chance(0.3) ? 1 : random.next(), how: random.pick(['reset', 'end']) };
}
