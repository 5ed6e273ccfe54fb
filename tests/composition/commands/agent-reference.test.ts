import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subjectRef } from '../../../adapters/persistence-knex/index.ts';
import { agents } from '../../../composition/commands/agents.ts';
import type { Command } from '../../../composition/commands/command.ts';
import { sessions } from '../../../composition/commands/sessions.ts';
import { operatorMessage } from '../../../composition/operator-message.ts';
import { agentNameOf, parseClientId, parseObjectId } from '../../../core/index.ts';
import { openCommandStage, type CommandStage } from '../../support/commands-stage.ts';
import { query } from '../../support/postgres-database.ts';

/** More than a command lists, and than one page of what looks for a reference. */
const PERSONAL = 5100;
const LAST = parseObjectId('ffffffff-ffff-4fff-8fff-ffffffffffff');

describe('a personal agent among thousands', () => {
  const application = parseClientId(crypto.randomUUID());
  const client = parseClientId(crypto.randomUUID());
  const personal = agentNameOf(application, LAST);
  let stage: CommandStage;
  let reference: string;
  beforeAll(async () => {
    stage = await openCommandStage(application);
    const insert = `insert into agents (agent_name, client_id, user_id, registered_at, expires_at, first_registered_at)
      select '${application}.' || u, '${application}', u, now(), now() + interval '1 hour', now() from `;
    const { adminUrl } = stage.subject.urls;
    await query(
      adminUrl,
      `${insert} (select gen_random_uuid() from generate_series(2, ${PERSONAL})) as ids (u)`,
    );
    await query(adminUrl, `${insert} (select uuid '${LAST}') as ids (u)`);
    const key = new TextEncoder().encode(stage.env['LKPS_SUBJECT_KEY']);
    reference = `${application}.${subjectRef(key, LAST)}`;
  }, 60_000);
  afterAll(() => stage.close());

  const listed = (out: string): readonly string[] => out.match(/"agent":"[^"]+"/g) ?? [];

  it('is found by the reference that audit rows call it by, and cut off by it, on record by it', async () => {
    const { out } = await stage.run(agents, 'list', '--agent', reference.toUpperCase(), '--json');
    expect(JSON.parse(out)).toMatchObject({ agent: personal, agent_ref: reference, state: 'registered' });
    const revoked = await stage.run(agents, 'revoke', reference);
    expect(revoked).toEqual({ code: 0, out: `revoked: ${personal}\nended: 0 sessions\n`, err: '' });
    expect((await stage.run(agents, 'list', '--revoked', '--agent', application)).out).toContain(personal);
    const kept = await stage.run(agents, 'revoke', reference, '--keep-sessions');
    expect(kept.out).toContain(`already revoked: ${personal}\n`);
    expect((await stage.run(agents, 'restore', reference)).out).toBe(`restored: ${personal}\n`);
    const rows = await stage.trail();
    expect(rows.map(({ type, agent_name: name }) => [type, name])).toEqual([
      ['agent.revoked', reference],
      ['agent.restored', reference],
    ]);
  });

  it('has its sessions listed and ended by that reference, and no others of its application', async () => {
    const mine = await stage.opened(client, application, LAST);
    const other = await stage.opened(client, application);
    const { out } = await stage.run(sessions, 'list', '--agent', reference);
    expect(out).toContain(mine.sessionId);
    expect(out).not.toContain(other.sessionId);
    expect((await stage.run(sessions, 'end', '--agent', reference)).out).toBe('ended: 1 session\n');
    expect(await stage.subject.sessions.find({ room: mine.room })).toMatchObject({ state: 'ended' });
    expect(await stage.subject.sessions.find({ room: other.room })).toMatchObject({ state: 'starting' });
  });

  it('is no other’s: a reference that no agent of the application has does nothing, and says so', async () => {
    const before = await stage.trail();
    const calls = stage.livekit.tokens.length;
    const [, hash = ''] = reference.split('.');
    const commands: readonly (readonly [Command, ...string[]])[] = [
      [agents, 'list', '--agent'],
      [agents, 'revoke'],
      [agents, 'revoke', '--keep-sessions'],
      [agents, 'restore'],
      [sessions, 'list', '--agent'],
      [sessions, 'end', '--agent'],
    ];
    for (const strange of [`${application}.${'0'.repeat(64)}`, `${client}.${hash}`]) {
      for (const [command, ...args] of commands) {
        const refused = await stage.run(command, ...args, strange).catch(operatorMessage);
        expect(refused).toBe('no agent has this reference');
      }
    }
    expect(await stage.trail()).toEqual(before);
    expect(stage.livekit.tokens.length).toBe(calls);
  });

  it('is reached by going through the list, which says how to go on while there are more', async () => {
    const seen: string[] = [];
    let after: readonly string[] = [];
    do {
      const { out, err } = await stage.run(agents, 'list', '--json', '--limit', '1000', ...after);
      seen.push(...listed(out));
      const [, more, last = ''] = /^lkps: there are more than these 1000: (--after) (\S+)\n$/.exec(err) ?? [];
      expect(err === '').toBe(more === undefined);
      after = more === undefined ? [] : [more, last.toUpperCase()];
    } while (after.length > 0);
    expect(seen.length).toBe(PERSONAL + 1);
    expect(seen).toEqual([...new Set(seen)].sort());
    expect(seen.at(-1)).toContain(personal);
  });
});
