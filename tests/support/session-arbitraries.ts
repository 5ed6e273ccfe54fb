import fc from 'fast-check';
import { parseRoomSid, type RoomLife, type SessionFact, type SessionIntent } from '../../core/index.ts';
import { instants, plainText, sessionIntents } from './arbitraries.ts';

const LIVES: readonly RoomLife[] = [
  { sid: parseRoomSid('RM_first'), creationTimeMs: 1_790_000_000_000 },
  { sid: parseRoomSid('RM_second'), creationTimeMs: 1_790_000_060_000 },
];

type WithoutId<Fact> = Fact extends SessionFact ? Omit<Fact, 'factId' | 'at'> : never;
type Happening = WithoutId<SessionFact>;

/**
 * What may happen to a session, in two lives of its room, to its own participant, its agent and strangers, whose sids
 * repeat. `text` is what LiveKit reports of strangers. Fact ids are unique within the session only.
 */
export function sessionFacts(
  intent: SessionIntent,
  text: fc.Arbitrary<string> = plainText,
): fc.Arbitrary<readonly SessionFact[]> {
  const happenings = fc.oneof(roomHappenings(), participantHappenings(intent, text), ownSteps(text));
  return fc
    .array(fc.tuple(happenings, instants), { minLength: 1, maxLength: 10 })
    .map((drawn) => drawn.map(([fact, at], index) => ({ ...fact, at, factId: `${prefixOf(fact)}${index}` })));
}

/** A session, its facts, and a way they may arrive: every fact at least once, some twice, in any calls and order. */
export interface SessionLife {
  readonly intent: SessionIntent;
  readonly facts: readonly SessionFact[];
  readonly deliveries: readonly (readonly SessionFact[])[];
}

export function sessionLives(text: fc.Arbitrary<string> = plainText): fc.Arbitrary<SessionLife> {
  return sessionIntents.chain((intent) =>
    sessionFacts(intent, text).chain((facts) =>
      fc
        .tuple(
          fc.shuffledSubarray([...facts], { minLength: facts.length }),
          fc.shuffledSubarray([...facts]),
          fc.array(fc.nat(4), { minLength: 2 * facts.length, maxLength: 2 * facts.length }),
        )
        .map(([all, again, calls]) => ({ intent, facts, deliveries: grouped([...all, ...again], calls) })),
    ),
  );
}

/** The same facts under ids that no other session's facts have. */
export function ownFacts(
  facts: readonly SessionFact[],
  { sessionId }: SessionIntent,
): readonly SessionFact[] {
  return facts.map((fact) => ({ ...fact, factId: `${fact.factId}_${sessionId}` }));
}

function roomHappenings(): fc.Arbitrary<Happening> {
  return fc.record({
    kind: fc.constantFrom('room_created', 'room_started', 'room_finished'),
    life: fc.constantFrom(...LIVES),
  });
}

function participantHappenings(intent: SessionIntent, text: fc.Arbitrary<string>): fc.Arbitrary<Happening> {
  const participant = fc.record(
    {
      sid: fc.constantFrom('PA_1', 'PA_2', 'PA_3'),
      identity: fc.oneof(fc.constant(intent.identity), fc.constant('agent-AJ_1'), text),
      agentName: fc.oneof(fc.constant(intent.agent), text),
    },
    { requiredKeys: ['sid', 'identity'] },
  );
  return fc.record(
    {
      kind: fc.constantFrom('participant_joined', 'participant_left', 'participant_connection_aborted'),
      life: fc.constantFrom(...LIVES),
      participant,
      disconnectReason: text,
    },
    { requiredKeys: ['kind', 'life', 'participant'] },
  );
}

function ownSteps(text: fc.Arbitrary<string>): fc.Arbitrary<Happening> {
  return fc.oneof(
    fc.record({ kind: fc.constant('token_granted' as const) }),
    fc.record({ kind: fc.constant('start_failed' as const), reason: text }),
    fc.record({
      kind: fc.constant('session_cut' as const),
      reason: fc.constantFrom('reconciled', 'limit', 'revoked'),
    }),
  );
}

const OWN_STEPS: readonly string[] = ['room_created', 'token_granted', 'start_failed', 'session_cut'];

/** LiveKit's events bear LiveKit's ids, the session's own steps names of their own. */
function prefixOf({ kind }: Happening): string {
  return OWN_STEPS.includes(kind) ? `${kind}:` : 'EV_';
}

function grouped(
  facts: readonly SessionFact[],
  calls: readonly number[],
): readonly (readonly SessionFact[])[] {
  const numbers = [...new Set(facts.map((_, index) => calls[index]))];
  return numbers.map((call) => facts.filter((_, index) => calls[index] === call));
}
