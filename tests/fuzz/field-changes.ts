import { GUIDS, changedText as text } from './body-text.ts';
import { STRANGER } from './callers.ts';
import type { Change } from './change.ts';
import type { Message } from './message.ts';
import { utf8 } from './session-body.ts';

const isStart = ({ operation, body }: Message): boolean => operation === 'start' && body.startsWith('{"');

/** One more field in front, as it is written. */
const field = (name: string, effect: Change['effect'], fields: readonly string[], weight = 1): Change =>
  text(name, effect, (body, random) => body.replace('{', `{${utf8(random.pick(fields))},`), {
    applies: isStart,
    weight,
  });

/** In front of the fields that are there: a field that is already set is then set twice, and the last one counts. */
const only = (name: string, fields: readonly string[], weight = 1): Change =>
  text(name, 'breaks', (_, random) => `{"agent_entra_app_id":"{{agent-a}}",${utf8(random.pick(fields))}}`, {
    applies: isStart,
    weight,
  });

/** What a session is asked with: fields that are wrong, forbidden, too long or twice. */
export const FIELD_CHANGES: readonly Change[] = [
  field(
    'an unknown field',
    'breaks',
    [
      ...[
        '"room":"x"',
        '"token":1',
        '"":1',
        '"agent_entra_app_id ":"x"',
        '"AGENT_ENTRA_APP_ID":"x"',
        '"a\\u0000b":1',
      ],
      ...[
        '"constructor":{}',
        '"toString":1',
        '"hasOwnProperty":{}',
        '"__defineGetter__":1',
        '"ttl":0',
        '"grants":{"roomAdmin":true}',
      ],
    ],
    2,
  ),
  field('a prototype', 'breaks', [
    '"__proto__":{"agent_entra_app_id":"{{agent-a}}"}',
    '"__proto__":null',
    '"__proto__":[]',
  ]),
  only(
    'what a caller may not choose',
    [
      ...[
        '"room_name":"s-00000000000000000000000000000000"',
        '"room_name":" "',
        `"participant_identity":"user-${STRANGER}"`,
      ],
      ...[
        '"participant_identity":"agent-x"',
        '"participant_identity":"{{client-a}}"',
        '"room_config":{"name":"x"}',
      ],
      ...[
        '"room_config":{"empty_timeout":99999}',
        '"room_config":{"egress":{}}',
        '"room_config":{"agents":[],"metadata":"x"}',
      ],
      `"room_config":{"agents":[{"agent_name":"${STRANGER}"}]}`,
      '"room_config":{"agents":[{"agent_name":"{{agent-a}}"},{"agent_name":"{{agent-a}}"}]}',
      '"room_config":{"agents":[{"agent_name":"{{agent-a}}","deployment":"x"}]}',
      ...[
        '"permissions":{"room_admin":true}',
        '"permissions":{"hidden":true}',
        '"permissions":{"can_update_metadata":true}',
      ],
      ...[
        '"permissions":{"canPublish":true}',
        '"permissions":{"can_publish":false,"can_publish_sources":["camera"]}',
      ],
      ...['"participant_attributes":{"lkps.user_id":"x"}', '"participant_attributes":{"lk.agent.state":"x"}'],
      ...['"participant_attributes":{"LKPS.x":"x"}', '"participant_attributes":{"lkps.":""}'],
    ],
    4,
  ),
  only(
    'a field of another type',
    [
      ...[
        '"agent_metadata":1',
        '"agent_metadata":{}',
        '"agent_metadata":["x"]',
        '"participant_name":1e999',
        '"participant_name":true',
      ],
      ...[
        '"participant_metadata":[]',
        '"participant_attributes":[]',
        '"participant_attributes":"x"',
        '"participant_attributes":{"a":1}',
      ],
      ...[
        '"participant_attributes":{"a":null}',
        '"permissions":[]',
        '"permissions":"all"',
        '"permissions":{"can_publish":"true"}',
      ],
      ...[
        '"permissions":{"can_publish":1}',
        '"permissions":{"can_publish_sources":"camera"}',
        '"room_config":[]',
        '"room_config":"x"',
      ],
      ...[
        '"permissions":{"can_publish_sources":["screen"]}',
        '"permissions":{"can_publish_sources":[]}',
        '"room_config":{"agents":{}}',
      ],
      ...[
        '"room_config":{"agents":["x"]}',
        '"room_config":{"agents":[[]]}',
        '"room_name":0',
        '"participant_identity":false',
      ],
    ],
    3,
  ),
  only(
    'a field too long',
    [
      ...[
        `"agent_metadata":"${'m'.repeat(16_385)}"`,
        `"agent_metadata":"${'\u00eb'.repeat(8193)}"`,
        `"participant_name":"${'n'.repeat(129)}"`,
      ],
      ...[
        `"participant_metadata":"${'m'.repeat(1025)}"`,
        `"participant_attributes":{"${'k'.repeat(65)}":""}`,
      ],
      ...[
        `"participant_attributes":{"a":"${'v'.repeat(257)}"}`,
        `"participant_attributes":{${attributes(33)}}`,
      ],
    ],
    2,
  ),
  only('text that cannot be kept', [
    ...[
      '"participant_name":"a\\u0000"',
      '"participant_name":"a\\u001b[31m"',
      '"participant_name":"\\ud800"',
      '"participant_name":"\\u0085"',
    ],
    ...[
      '"agent_metadata":"\\udfff"',
      '"agent_metadata":"\\u0000"',
      '"participant_metadata":"\\u0000"',
      '"participant_attributes":{"":""}',
    ],
    ...['"participant_attributes":{"a\\u0007":""}', '"participant_attributes":{"a":"\\ud83d"}'],
  ]),
  text(
    'an agent that is none',
    'breaks',
    (body, random) =>
      body.replace(GUIDS, () =>
        random.pick([
          '',
          'x',
          '*',
          '{{{agent-a}}}',
          '{{agent-a}}, {{agent-b}}',
          '{{agent-a}}\\u0000',
          '../{{agent-a}}',
          '\\uff11',
          '{{agent-a}}.{{client-a.sp}}',
          STRANGER,
        ]),
      ),
    { applies: (message) => isStart(message) && !message.body.includes('participant_identity') },
  ),
  text(
    'no agent',
    'breaks',
    (_, random) =>
      random.pick([
        '{}',
        '{"room_config":{}}',
        '{"room_config":{"agents":[]}}',
        '{"agent_entra_app_id":null}',
        '{"agent_entra_app_id":["{{agent-a}}"]}',
        '{"agent_entra_app_id":{"$ne":""}}',
      ]),
    { applies: isStart },
  ),
  text('a field twice', 'may', (body) => `${body.slice(0, -1)},"agent_entra_app_id":"${agentOf(body)}"}`, {
    applies: isStart,
  }),
  text(
    'the agent twice, the second another',
    'breaks',
    (body) => `${body.slice(0, -1)},"agent_entra_app_id":"${STRANGER}"}`,
    { applies: isStart },
  ),
  text(
    'empty where something may be',
    'may',
    (body) =>
      `{"agent_entra_app_id":"${agentOf(body)}","participant_name":"","participant_metadata":"","agent_metadata":"",` +
      '"room_name":"","participant_identity":"","room_config":{"agents":[]},"participant_attributes":{},"permissions":{}}',
    { applies: isStart },
  ),
];

/** The agent that is asked for. */
function agentOf(body: string): string {
  return /"agent_(?:entra_app_id|name)":"([^"]*)"/.exec(body)?.[1] ?? '';
}

function attributes(count: number): string {
  return Array.from({ length: count }, (_, index) => `"a${index}":""`).join(',');
}
