import pg from 'pg';

/** The two roles of production: the owner migrates, the service may only do what migrations grant it. */
export const OWNER_ROLE = 'lkps_owner';
export const SERVICE_ROLE = 'lkps_app';

export interface RolePasswords {
  readonly owner: string;
  readonly service: string;
}

export async function createRoles(superuserUrl: string, passwords: RolePasswords): Promise<void> {
  await withClient(superuserUrl, async (client) => {
    await client.query(
      `CREATE ROLE ${OWNER_ROLE} LOGIN CREATEROLE PASSWORD ${client.escapeLiteral(passwords.owner)}`,
    );
    await client.query(
      `CREATE ROLE ${SERVICE_ROLE} LOGIN PASSWORD ${client.escapeLiteral(passwords.service)}`,
    );
  });
}

export async function createOwnedDatabase(superuserUrl: string, name: string): Promise<void> {
  await withClient(superuserUrl, async (client) => {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)} OWNER ${OWNER_ROLE}`);
  });
}

async function withClient(url: string, use: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A connection the server drops while idle must reject the query in hand, not end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}
