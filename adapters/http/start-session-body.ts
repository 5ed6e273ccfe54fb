import * as z from 'zod';
import {
  isGuid,
  parseClientId,
  TRACK_SOURCES,
  type ClientId,
  type SeatPermissions,
  type SeatWishes,
} from '../../core/index.ts';
import { boundedBytes, boundedName, forbidden, FORBIDDEN } from './field-rules.ts';
import { participantAttributes } from './participant-attributes.ts';

/** What a caller asks of `POST /api/session/start`, in whichever of the two forms. */
export interface SessionRequest {
  readonly agentClientId: ClientId;
  readonly agentMetadata?: string;
  readonly seat: SeatWishes;
  /** LiveKit's clients may name one; only the caller's own is taken. */
  readonly participantIdentity?: string;
}

const MAX_NAME = 128;
const MAX_METADATA_BYTES = 1024;
const MAX_AGENT_METADATA_BYTES = 16_384;

const agentId = z
  .string('must be the Entra application id of an agent')
  .refine(isGuid, 'must be a GUID')
  .transform(parseClientId);

const agentMetadata = boundedBytes(MAX_AGENT_METADATA_BYTES);

const permissions = z
  .object({
    can_publish: z.boolean().optional(),
    can_subscribe: z.boolean().optional(),
    can_publish_data: z.boolean().optional(),
    can_publish_sources: z
      .array(z.enum(TRACK_SOURCES))
      .min(1, 'names no source: say can_publish false instead') // to LiveKit an empty list is all of them
      .refine((sources) => new Set(sources).size === sources.length, 'names a source twice')
      .optional(),
  })
  .catchall(forbidden('is no permission of a participant'))
  .refine(({ can_publish: may, can_publish_sources: sources }) => may !== false || sources === undefined, {
    message: 'asks for more than can_publish leaves',
    path: ['can_publish_sources'],
    params: FORBIDDEN,
  });

/** LiveKit's own form (TokenSourceRequest): of a room's configuration only which agent comes. */
const roomConfig = z
  .object({
    agents: z
      .array(
        z
          .object({ agent_name: agentId, metadata: agentMetadata.optional() })
          .catchall(forbidden('is set by the platform')),
      )
      .refine((agents) => agents.length <= 1, { message: 'names more than one agent', params: FORBIDDEN })
      .optional(),
  })
  .catchall(forbidden('is set by the platform'));

/** LiveKit's clients send an empty text for what was set to nothing. */
function unset(message: string): z.ZodType<string> {
  return z.string().refine((value) => value === '', { message, params: FORBIDDEN });
}

const fields = z
  .strictObject({
    agent_entra_app_id: agentId.optional(),
    agent_metadata: agentMetadata.optional(),
    permissions: permissions.optional(),
    participant_name: boundedName(MAX_NAME).optional(),
    participant_metadata: boundedBytes(MAX_METADATA_BYTES).optional(),
    participant_attributes: participantAttributes.optional(),
    participant_identity: z.string().optional(),
    room_name: unset('is chosen by the platform').optional(),
    room_config: roomConfig.optional(),
  })
  .superRefine(({ agent_entra_app_id: id, agent_metadata: metadata, room_config: config }, context) => {
    const [agent] = config?.agents ?? [];
    if (agent !== undefined && differ(id, agent.agent_name)) {
      const message = 'names another agent than agent_entra_app_id';
      const path = ['room_config', 'agents', 0, 'agent_name'];
      context.addIssue({ code: 'custom', path, message, params: FORBIDDEN });
    }
    if (agent !== undefined && differ(metadata, agent.metadata)) {
      const message = 'is not the same as agent_metadata';
      const path = ['room_config', 'agents', 0, 'metadata'];
      context.addIssue({ code: 'custom', path, message, params: FORBIDDEN });
    }
  });

/** `POST /api/session/start`. */
export const startSessionBody = fields.transform(toRequest);

function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

function toRequest(body: z.infer<typeof fields>, context: z.RefinementCtx): SessionRequest {
  const [agent] = body.room_config?.agents ?? [];
  const agentClientId = body.agent_entra_app_id ?? agent?.agent_name;
  const agentMetadata = body.agent_metadata ?? agent?.metadata;
  const { participant_identity: identity } = body;
  if (agentClientId === undefined) {
    context.addIssue({ code: 'custom', path: ['agent_entra_app_id'], message: 'is required' });
    return z.NEVER;
  }
  return {
    agentClientId,
    seat: toSeat(body),
    ...(agentMetadata === undefined ? {} : { agentMetadata }),
    ...(identity === undefined || identity === '' ? {} : { participantIdentity: identity }),
  };
}

function toSeat(body: z.infer<typeof fields>): SeatWishes {
  const { participant_name: name, participant_metadata: metadata, participant_attributes: attributes } = body;
  return {
    ...(body.permissions === undefined ? {} : { permissions: toPermissions(body.permissions) }),
    ...(name === undefined ? {} : { name }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(attributes === undefined ? {} : { attributes }),
  };
}

function toPermissions(asked: z.infer<typeof permissions>): SeatPermissions {
  const {
    can_publish: canPublish,
    can_subscribe: canSubscribe,
    can_publish_data: canPublishData,
    can_publish_sources: canPublishSources,
  } = asked;
  return {
    ...(canPublish === undefined ? {} : { canPublish }),
    ...(canSubscribe === undefined ? {} : { canSubscribe }),
    ...(canPublishData === undefined ? {} : { canPublishData }),
    ...(canPublishSources === undefined ? {} : { canPublishSources }),
  };
}
