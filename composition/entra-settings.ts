import * as z from 'zod';
import { isGuid, parseClientId, type ClientId } from '../core/index.ts';

const NEEDED = 'Required where Entra tokens are read.';

const guid = z.string().refine(isGuid, 'must be a GUID');

const clientList = z
  .string()
  .transform((value) => value.split(','))
  .refine((ids) => ids.every(isGuid), 'must be a list of application ids (GUIDs)')
  .transform((ids): ReadonlySet<ClientId> => new Set(ids.map(parseClientId)));

const audienceList = z
  .string()
  .transform((value) => value.split(','))
  .refine(
    (audiences) => audiences.every((audience) => /^[!-~]+$/.test(audience)),
    'must be a list without an empty entry or white space',
  );

/** It stands in `iss` of tokens, and paths are appended to it. */
export const secureOrigin = z.string().refine((value) => {
  const parsed = URL.parse(value);
  return parsed?.protocol === 'https:' && parsed.origin === value;
}, 'must be an https origin such as https://login.microsoftonline.com');

/** Which tokens of Entra are taken, wherever the service reads one; a part of {@link SETTINGS}. */
export const ENTRA_SETTINGS = {
  LKPS_ENTRA_TENANT_ID: {
    schema: guid.transform((value) => value.toLowerCase()),
    optional: true,
    description: 'Tenant whose tokens and applications count. Required where Entra tokens or Graph are read.',
  },
  LKPS_ENTRA_AUDIENCES: {
    schema: audienceList,
    optional: true,
    description: `What \`aud\` may be, \`api://..,<guid>\`. ${NEEDED}`,
  },
  LKPS_ENTRA_CLIENTS: {
    schema: clientList,
    optional: true,
    description: `The Client Access List: application ids that may call. ${NEEDED}`,
  },
  LKPS_ENTRA_AUTHORITY: {
    schema: secureOrigin,
    default: 'https://login.microsoftonline.com',
    description: "Sign-in of the tenant's cloud: issuer of its tokens, and where their keys are fetched.",
  },
  LKPS_REQUIRED_ROLE: {
    schema: z.string().regex(/^[!-~]{1,256}$/, 'must be one app role without white space'),
    optional: true,
    description: "App role that every caller's token must carry; not with Ocelot's headers alone.",
  },
} as const;
