import * as z from 'zod';
import { isGuid, parseClientId } from '../../core/index.ts';

/** `POST /api/agent/register`: nothing, or an empty object. */
export const registerAgentBody = z.strictObject({});

/** `POST /api/session/start`. */
export const startSessionBody = z.strictObject({
  agent_entra_app_id: z
    .string('must be the Entra application id of an agent')
    .refine(isGuid, 'must be a GUID')
    .transform(parseClientId),
});
