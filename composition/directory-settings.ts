import * as z from 'zod';
import { isGuid } from '../core/index.ts';
import { secureOrigin } from './entra-settings.ts';
import { Secret } from './secret.ts';

const directory = z
  .string()
  .regex(/^(?:graph|file:.+)$/, 'must be graph or file:<path>')
  .transform((value) =>
    value === 'graph'
      ? ({ source: 'graph' } as const)
      : ({ source: 'file', path: value.slice('file:'.length) } as const),
  );

/** Who is an application, and who may reach it: where that is read; a part of {@link SETTINGS}. */
export const DIRECTORY_SETTINGS = {
  LKPS_DIRECTORY: {
    schema: directory,
    description: 'The application directory: `graph`, which is Entra itself, or `file:<path>`.',
  },
  LKPS_GRAPH_URL: {
    schema: secureOrigin,
    default: 'https://graph.microsoft.com',
    description: "Microsoft Graph of the tenant's cloud. Read with `LKPS_DIRECTORY=graph`.",
  },
  LKPS_GRAPH_CLIENT_ID: {
    schema: z.string().refine(isGuid, 'must be a GUID'),
    optional: true,
    description:
      'App id that reads Graph; without its secret that of a managed or workload identity, without both the one there is.',
  },
  LKPS_GRAPH_CLIENT_SECRET: {
    schema: z
      .string()
      .regex(/^[\x21-\x7e]{16,}$/, 'must be at least 16 visible ASCII characters without white space')
      .transform((value) => new Secret(value)),
    optional: true,
    description: 'Client secret of `LKPS_GRAPH_CLIENT_ID`. Secret.',
    secret: true,
  },
} as const;
