import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentIdentity, parseClientId, type Agent } from '../../../core/index.ts';
import { describeCutOffStore } from '../../contract/cut-off-store.contract.ts';
import { query, withConnection } from '../../support/postgres-database.ts';
import { openPostgresSubject, type PostgresSubject } from '../../support/postgres-stores.ts';

describeCutOffStore('PostgreSQL', async () => {
  const subject = await openPostgresSubject();
  return { ...subject, failingAtRandom: subject.failing.cutOffs, broken: subject.broken.cutOffs };
});

const AT = new Date('2026-02-03T04:05:06.007Z');
const REVOKE =
  'insert into agents (agent_name, client_id, revoked_at) values ($1::text, cast($1::text as uuid), now())';

describe('a registration and a revocation that meet', { timeout: 90_000 }, () => {
  let subject: PostgresSubject;
  beforeAll(async () => {
    subject = await openPostgresSubject();
  });
  afterAll(() => subject.close());

  it('wait for each other: a registration under way ends before the revocation is there', async () => {
    const agent = freshAgent();
    await withConnection(subject.urls.serviceUrl, async (registering) => {
      await registering.query('begin');
      await registering.query(
        `insert into agents (agent_name, client_id, registered_at, expires_at, first_registered_at)
         values ($1::text, cast($1::text as uuid), now(), now(), now())`,
        [agent.name],
      );
      let isRevoked = false;
      const revoked = subject.cutOffs.revokeAgent(agent.name, { at: AT }, []).finally(() => {
        isRevoked = true;
      });
      await delay(200);
      expect(isRevoked).toBe(false);
      await registering.query('commit');
      expect(await revoked).toBe('revoked');
      expect(await subject.agents.register(agent, [])).toBe('agent_revoked');
    });
  });

  it('wait for each other: a registration that began before a revocation committed is refused by it', async () => {
    const agent = freshAgent();
    await withConnection(subject.urls.serviceUrl, async (revoking) => {
      await revoking.query('begin');
      await revoking.query(REVOKE, [agent.name]);
      const registered = subject.agents.register(agent, []);
      await delay(200);
      await revoking.query('commit');
      expect(await registered).toBe('agent_revoked');
      expect(await subject.agents.find(agent.name)).toBeUndefined();
    });
  });
});

describe('what the service may do with who is cut off', { timeout: 90_000 }, () => {
  let subject: PostgresSubject;
  beforeAll(async () => {
    subject = await openPostgresSubject();
  });
  afterAll(() => subject.close());

  it.for([
    'delete from clients',
    'truncate clients',
    'drop table clients',
    'update clients set client_id = gen_random_uuid()',
    'delete from agents',
    "update session_facts set cut_reason = 'limit'",
  ])('refuses: %s', async (sql) => {
    await expect(query(subject.urls.serviceUrl, sql)).rejects.toMatchObject({ code: '42501' });
  });

  it('holds no half registration', async () => {
    const half = `insert into agents (agent_name, client_id, registered_at) values ($1::text, cast($1::text as uuid), now())`;
    await expect(query(subject.urls.serviceUrl, half, [freshAgent().name])).rejects.toMatchObject({
      code: '23514',
    });
  });
});

function freshAgent(): Agent {
  return {
    ...agentIdentity(parseClientId(crypto.randomUUID())),
    clientAuthorization: 'required',
    registeredAt: AT,
    expiresAt: new Date(AT.getTime() + 3_600_000),
  };
}
