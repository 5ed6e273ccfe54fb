import { CANARY } from './canaries.ts';
import { identityOf, type Caller } from './callers.ts';
import type { Random } from './random.ts';

const SOURCES = ['camera', 'microphone', 'screen_share', 'screen_share_audio'];
const SAMPLES = [
  'Ada',
  'Zo\u00eb \u{1f600}',
  '\u202eabc',
  '\u4e2d\u6587',
  "'; drop table sessions; --",
  '<b>&amp;',
  '%00%0a',
  '-',
];

/** The documented body of a session start, in one of its two forms, with some of what it may hold. */
export function sessionFields(
  agent: string,
  caller: Caller,
  random: Random,
): Readonly<Record<string, unknown>> {
  const metadata = random.chance(0.3) ? { metadata: agentMetadata(random) } : {};
  const tokenSource = { agents: [{ agent_name: agent, ...metadata }] };
  const form = random.pick(['own', 'own', 'livekit', 'both', 'own_and_empty'] as const);
  const agentFields = {
    own: {
      agent_entra_app_id: agent,
      ...(random.chance(0.3) ? { agent_metadata: agentMetadata(random) } : {}),
    },
    livekit: { room_config: tokenSource },
    both: { agent_entra_app_id: agent, room_config: tokenSource },
    own_and_empty: { agent_entra_app_id: agent, room_config: {} },
  }[form];
  return { ...agentFields, ...seatFields(caller, random) };
}

function agentMetadata(random: Random): string {
  return random.chance(0.1) ? 'm'.repeat(16_384) : `${CANARY} ${random.pick(SAMPLES)}`;
}

function seatFields(caller: Caller, random: Random): Readonly<Record<string, unknown>> {
  const some = (probability: number, fields: () => object): object =>
    random.chance(probability) ? fields() : {};
  return {
    ...some(0.25, () => ({ permissions: permissions(random) })),
    ...some(0.25, () => ({ participant_name: random.pick([...SAMPLES, 'n'.repeat(128)]) })),
    ...some(0.2, () => ({ participant_metadata: random.pick([...SAMPLES, CANARY, 'm'.repeat(1024)]) })),
    ...some(0.2, () => ({ participant_attributes: attributes(random) })),
    ...some(0.1, () => ({ participant_identity: identityOf(caller) })),
  };
}

function permissions(random: Random): object {
  const sources = SOURCES.filter(() => random.chance(0.5));
  return random.chance(0.5)
    ? { can_publish: false, can_subscribe: random.chance(0.5), can_publish_data: random.chance(0.5) }
    : { can_publish: true, ...(sources.length === 0 ? {} : { can_publish_sources: sources }) };
}

function attributes(random: Random): object {
  const names = ['language', 'lk', 'lkps', 'x.lk.y', 'constructor', '\u{1f600}', ' '];
  const count = random.pick([0, 1, 3, names.length]);
  return Object.fromEntries(names.slice(0, count).map((name) => [name, random.pick(SAMPLES)]));
}

/** UTF-8, one character a byte. */
export function jsonBytes(value: unknown): string {
  return utf8(JSON.stringify(value));
}

export function utf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
