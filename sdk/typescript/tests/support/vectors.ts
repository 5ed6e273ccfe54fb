import { readFileSync } from 'node:fs';
import { z } from 'zod';

const FOLDER = new URL('../../../vectors/', import.meta.url);

function read<T>(name: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')));
}

const settings = z.strictObject({
  register_url: z.string(),
  scope: z.string(),
  credential: z.enum(['default', 'client_secret']),
  start_timeout_ms: z.number(),
  region: z.string().optional(),
  authority: z.string().optional(),
});

/** The cases that both SDKs are held to. */
export const settingsVectors = read(
  'settings.json',
  z.strictObject({
    message: z.string(),
    cases: z.array(
      z.strictObject({
        name: z.string(),
        env: z.record(z.string(), z.string()),
        settings: settings.optional(),
        problems: z.array(z.string()).optional(),
      }),
    ),
  }),
);

export const answerVectors = read(
  'answers.json',
  z.strictObject({
    register_url: z.string(),
    scope: z.string(),
    region: z.string(),
    request_id: z.string(),
    cases: z.array(
      z.strictObject({
        name: z.string(),
        status: z.number(),
        headers: z.record(z.string(), z.string()),
        body: z.string(),
        registered: z
          .strictObject({
            token: z.string(),
            livekit_url: z.string(),
            agent_name: z.string(),
            expires_at: z.string(),
            region: z.string(),
            life_ms: z.number(),
          })
          .optional(),
        refused: z.string().optional(),
        unavailable: z.string().optional(),
        retry_after_ms: z.number().optional(),
      }),
    ),
  }),
);

export const entraVectors = read(
  'entra.json',
  z.strictObject({
    refusals: z.array(z.string()),
    cases: z.array(
      z.strictObject({
        name: z.string(),
        status: z.number(),
        type: z.string(),
        body: z.string(),
        refused: z.string().optional(),
        unavailable: z.string().optional(),
      }),
    ),
  }),
);

const delay = { random: z.number(), delay_ms: z.number() };

export const scheduleVectors = read(
  'schedule.json',
  z.strictObject({
    renewal: z.array(z.strictObject({ life_ms: z.number(), ...delay })),
    retry: z.array(z.strictObject({ attempt: z.number(), ...delay })),
    reconnects: z.array(
      z.strictObject({
        name: z.string(),
        losses: z.array(
          z.strictObject({
            kind: z.enum(['planned', 'refused', 'lost']),
            lived_ms: z.number(),
            attempt: z.number(),
          }),
        ),
      }),
    ),
  }),
);

export const messageVectors = read(
  'messages.json',
  z.strictObject({
    exit_codes: z.record(z.string(), z.number()),
    blocked: z.record(z.string(), z.string()),
    missing_plugin: z.string(),
    log: z.record(z.string(), z.string()),
    around: z.string(),
    quoted: z.array(
      z.strictObject({
        name: z.string(),
        secrets: z.array(z.string()),
        text: z.string(),
        shown: z.string(),
      }),
    ),
    entra: z.array(z.strictObject({ name: z.string(), said: z.string(), shown: z.string() })),
  }),
);
