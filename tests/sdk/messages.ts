import { readFileSync } from 'node:fs';
import { z } from 'zod';

const VECTORS = new URL('../../sdk/vectors/messages.json', import.meta.url);

const schema = z.object({
  exit_codes: z.object({
    stopped: z.number(),
    settings: z.number(),
    refused: z.number(),
    unavailable: z.number(),
    failed: z.number(),
    forced: z.number(),
  }),
  blocked: z.object({
    api: z.string(),
    delete_room: z.string(),
    sip: z.string(),
    livekit_key: z.string(),
    inference: z.string(),
  }),
  log: z.object({
    removed: z.string(),
    registered: z.string(),
    renewed: z.string(),
    not_renewed: z.string(),
    not_registered: z.string(),
    connected: z.string(),
    reconnecting: z.string(),
    connection_lost: z.string(),
    early_renewal: z.string(),
    draining: z.string(),
    stopped: z.string(),
    ends: z.string(),
  }),
});

/** What both SDKs say, from the cases that both are held to. */
export const MESSAGES = schema.parse(JSON.parse(readFileSync(VECTORS, 'utf8')));

export const { exit_codes: EXIT } = MESSAGES;

export type MessageName = keyof typeof MESSAGES.log;
export type BlockedName = keyof typeof MESSAGES.blocked;

/** Whether a text is one of the blocks' messages, whatever the name in it. */
export function isBlocked(name: BlockedName, text: string): boolean {
  const pattern = MESSAGES.blocked[name]
    .split(/\{\w+\}/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.+');
  return new RegExp(`^${pattern}$`).test(text);
}
