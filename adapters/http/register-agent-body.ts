import * as z from 'zod';

/** `POST /api/agent/register`: nothing, an empty object, or who may reach the agent. */
export const registerAgentBody = z.strictObject({
  client_authorization: z.enum(['required', 'open'], 'must be required or open').optional(),
});
