import { randomBytes } from 'node:crypto';
import { claimDeployment } from '../../adapters/persistence-knex/index.ts';
import type { Command } from '../../composition/commands/command.ts';
import {
  agentNameOf,
  parseObjectId,
  parseParticipantIdentity,
  parseRequestId,
  roomNameOf,
  type Agent,
  type ClientId,
  type ObjectId,
  type SessionIntent,
} from '../../core/index.ts';
import { freshSessionId } from './fresh-ids.ts';
import { openImpostor, type Impostor } from './livekit-impostor.ts';
import { query } from './postgres-database.ts';
import { openPostgresSubject, type PostgresSubject } from './postgres-stores.ts';

export const USER = parseObjectId('0e500000-0000-4000-8000-0000000000ad');

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface TrailRow {
  readonly type: string;
  readonly agent_name: string | null;
  readonly details: unknown;
}

/** A database of its own, on which a service has run, with one registered agent, something that closes rooms, and commands run within this process. */
export interface CommandStage {
  readonly subject: PostgresSubject;
  readonly livekit: Impostor;
  env: Readonly<Record<string, string>>;
  readonly run: (command: Command, ...args: readonly string[]) => Promise<Run>;
  /** With `user`'s personal agent, if given. */
  readonly opened: (caller: ClientId, agent: ClientId, user?: ObjectId) => Promise<SessionIntent>;
  readonly trail: () => Promise<readonly TrailRow[]>;
  readonly close: () => Promise<void>;
}

export async function openCommandStage(agent: ClientId): Promise<CommandStage> {
  const subject = await openPostgresSubject();
  const livekit = await openImpostor('empty');
  await subject.agents.register(registration(agent), []);
  const subjectKey = randomBytes(32).toString('hex');
  await claimDeployment(subject.db, { region: 'eu', subjectKey: new TextEncoder().encode(subjectKey) });
  const stage: CommandStage = {
    subject,
    livekit,
    env: {
      LKPS_REGION: 'eu',
      LKPS_DATABASE_URL: subject.urls.serviceUrl,
      LKPS_SUBJECT_KEY: subjectKey,
      LKPS_LIVEKIT_URL: livekit.url,
      LKPS_LIVEKIT_KEYS: `lkps-test:${randomBytes(32).toString('hex')}`,
    },
    run: async (command, ...args) => {
      const text = { out: '', err: '' };
      const code = await command(args, {
        env: stage.env,
        out: (more) => (text.out += more),
        err: (more) => (text.err += more),
      });
      return { code, ...text };
    },
    opened: async (caller, to, user) => {
      const intent = sessionOf(caller, to, user);
      await subject.sessions.open(intent, []);
      return intent;
    },
    trail: () =>
      query(
        subject.urls.adminUrl,
        'select type, agent_name, session_id, actor_client_id, details from audit_events order by event_id',
      ),
    close: async () => {
      await livekit.close();
      await subject.close();
    },
  };
  return stage;
}

export function registration(clientId: ClientId): Agent {
  const registeredAt = new Date();
  const expiresAt = new Date(registeredAt.getTime() + 3_600_000);
  return { name: agentNameOf(clientId), clientId, clientAuthorization: 'required', registeredAt, expiresAt };
}

function sessionOf(clientId: ClientId, agentClientId: ClientId, user?: ObjectId): SessionIntent {
  return {
    sessionId: freshSessionId(),
    room: roomNameOf(randomBytes(16).toString('hex')),
    agent: agentNameOf(agentClientId, user),
    agentClientId,
    caller: { kind: 'user', clientId, userId: USER, email: 'canary@example.test', displayName: 'canary' },
    identity: parseParticipantIdentity(`user-${USER}`),
    requestId: parseRequestId('request-1'),
    requestedAt: new Date(),
  };
}
