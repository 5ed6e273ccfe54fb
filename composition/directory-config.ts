import type { Environment, Name, Values } from './setting-values.ts';

/** Where it is read who is an application, and who may reach it. */
export type DirectoryConfig =
  | { readonly source: 'file'; readonly path: string }
  | {
      readonly source: 'graph';
      readonly graphUrl: string;
      readonly authority: string;
      readonly tenantId: string;
      /** Absent: the one identity that the machine has. */
      readonly clientId?: string;
    };

/** Undefined where a setting is missing that {@link directoryContradictions} names. */
export function directoryConfig(values: Values<Name>): DirectoryConfig | undefined {
  const {
    LKPS_DIRECTORY: directory,
    LKPS_GRAPH_URL: graphUrl,
    LKPS_ENTRA_AUTHORITY: authority,
    LKPS_ENTRA_TENANT_ID: tenantId,
    LKPS_GRAPH_CLIENT_ID: clientId,
  } = values;
  if (directory.source === 'file') {
    return directory;
  }
  return tenantId === undefined
    ? undefined
    : { source: 'graph', graphUrl, authority, tenantId, ...(clientId === undefined ? {} : { clientId }) };
}

const GRAPH_ONLY = ['LKPS_GRAPH_URL', 'LKPS_GRAPH_CLIENT_ID', 'LKPS_GRAPH_CLIENT_SECRET'] as const;

/** What the chosen directory lacks, and what it would never read. */
export function directoryContradictions(values: Partial<Values<Name>>, env: Environment): readonly string[] {
  switch (values.LKPS_DIRECTORY?.source) {
    case 'file':
      return GRAPH_ONLY.filter((name) => env[name] !== undefined).map(
        (name) => `${name}: is never read without LKPS_DIRECTORY=graph`,
      );
    case 'graph':
      return [
        ...(env['LKPS_ENTRA_TENANT_ID'] === undefined
          ? ['LKPS_ENTRA_TENANT_ID: is required with LKPS_DIRECTORY=graph']
          : []),
        ...(env['LKPS_GRAPH_CLIENT_SECRET'] !== undefined && env['LKPS_GRAPH_CLIENT_ID'] === undefined
          ? ['LKPS_GRAPH_CLIENT_ID: is required with LKPS_GRAPH_CLIENT_SECRET']
          : []),
      ];
    case undefined:
      return []; // no directory at all, and named already
  }
}
