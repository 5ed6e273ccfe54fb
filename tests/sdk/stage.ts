import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { untilAgentIs } from '../../dev/agent-presence.ts';
import {
  applicationToken,
  requestSession,
  textOf,
  recordOf,
  type StartedSession,
} from '../../dev/platform-client.ts';
import type { StackOptions } from '../../dev/stack.ts';
import { startEchoClients, type EchoClients } from '../agents/echo-clients.ts';
import { runCli, type CliRun } from '../support/cli-run.ts';
import { eventually } from '../support/eventually.ts';
import { openStack, type StackFixture } from '../support/stack-fixture.ts';
import { startSdkAgent, type SdkAgent, type SdkAgentOptions } from './agent-process.ts';
import { APP, CLIENT, type Language } from './language.ts';
import { sdkPython } from './python.ts';
import { platformSettings } from './platform-settings.ts';

export const PYTHON_SOURCES = fileURLToPath(new URL('../../sdk/python/src', import.meta.url));
const TOKEN = /eyJ[\w-]{8,}\.[\w-]{8,}/;

export type StartOptions = Partial<Pick<SdkAgentOptions, 'env' | 'args' | 'program' | 'python'>>;

/** The stack, agents of both SDKs on it, and everything those ever said. */
export interface SdkStage {
  readonly fixture: StackFixture;
  readonly python: string;
  /** All that an agent of the language is told, as its application with its secret. */
  readonly settings: (language: Language) => Readonly<Record<string, string>>;
  readonly start: (language: Language, options?: StartOptions) => Promise<SdkAgent>;
  /** With a worker at the gateway, that sessions can be started with. */
  readonly online: (language: Language, options?: StartOptions) => Promise<SdkAgent>;
  readonly untilOnline: (language: Language, is?: 'online' | 'offline') => Promise<void>;
  /** Asked for again while the agent is away, as clients do. */
  readonly session: (language: Language, metadata?: string) => Promise<StartedSession>;
  /** A real client that asks for echoes all the time, and knows which it did not get. */
  readonly listen: (...sessions: readonly StartedSession[]) => Promise<EchoClients>;
  /** One after the other: the connection takes no more. */
  readonly sql: StackFixture['sql'];
  readonly lkps: (...args: readonly string[]) => Promise<CliRun>;
  /** Rows of the audit trail about the agent of a language. */
  readonly count: (language: Language, type: string, reason?: string) => Promise<number>;
  /** Lines of any agent with something in it that nobody may see. */
  readonly leaks: () => readonly string[];
  readonly close: () => Promise<void>;
}

export async function openSdkStage(options: StackOptions = {}): Promise<SdkStage> {
  const python = await sdkPython(() => undefined);
  const env = { LKPS_RATE_LIMIT_CALLER: 'off', LKPS_RATE_LIMIT_CLIENT: 'off', ...options.env };
  const fixture = await openStack({ ...options, agent: false, env });
  const { description, stack } = fixture;
  const agents: SdkAgent[] = [];
  const clients: EchoClients[] = [];
  let asking: Promise<unknown> = Promise.resolve();

  const sql = <Row extends object>(text: string, values?: readonly unknown[]): Promise<readonly Row[]> => {
    const rows = asking.then(() => fixture.sql<Row>(text, values));
    asking = rows.catch(() => undefined);
    return rows;
  };
  const settings = (language: Language): Readonly<Record<string, string>> => ({
    ...platformSettings(description, APP[language]),
    PYTHONPATH: PYTHON_SOURCES,
  });
  const start = async (language: Language, given: StartOptions = {}): Promise<SdkAgent> => {
    const env = withoutEmpty({ ...settings(language), ...given.env });
    const agent = await startSdkAgent({ language, python, ...given, env });
    agents.push(agent);
    return agent;
  };
  const untilOnline = (language: Language, is: 'online' | 'offline' = 'online'): Promise<void> =>
    untilAgentIs(is, description.apps[APP[language]].client_id, {
      databaseUrl: stack.postgres.serviceUrl,
      timeoutMs: 60_000,
    });
  return {
    ...{ fixture, python, settings, start, untilOnline },
    online: async (language, given) => {
      const agent = await start(language, given);
      await agent.until('connected');
      await untilOnline(language);
      return agent;
    },
    session: async (language, metadata) => {
      const token = await applicationToken(description, description.apps[CLIENT[language]]);
      const asked = { agent_entra_app_id: description.apps[APP[language]].client_id };
      const wanted = metadata === undefined ? asked : { ...asked, agent_metadata: metadata };
      const started = await eventually(
        () => requestSession(description, token, wanted).catch(unlessUnavailable),
        (session) => session !== undefined,
      );
      return started ?? expect.unreachable();
    },
    listen: async (...sessions) => {
      const listening = await startEchoClients(python, sessions, () => undefined);
      clients.push(listening);
      await listening.areEchoing();
      return listening;
    },
    lkps: (...args) => runCli(args, stack.lkpsEnv),
    sql,
    count: async (language, type, reason) => {
      const rows = await sql<{ reason: string | null }>(
        'select reason from audit_events where type = $1 and agent_name = $2',
        [type, description.apps[APP[language]].client_id],
      );
      return rows.filter((row) => reason === undefined || row.reason === reason).length;
    },
    leaks: () => {
      const secrets = [
        ...Object.values(description.apps).map(({ client_secret: secret }) => secret),
        ...[description.proxy_proof.value, stack.livekitKey.secret, stack.agentTokenKey.secret],
        ...[stack.webhookKey.secret, stack.accounts.service.clientSecret],
      ];
      return agents
        .flatMap(({ output }) => output)
        .filter((line) => TOKEN.test(line) || secrets.some((secret) => line.includes(secret)));
    },
    close: async () => {
      await Promise.all(clients.map(({ process }) => process.child.stop()));
      await Promise.all(agents.map((agent) => agent.stop()));
      await fixture.close();
    },
  };
}

/** An agent of one worker is away for a moment at each renewal: a client is told to ask again. */
function unlessUnavailable(error: unknown): undefined {
  if (!String(error).includes('"agent_unavailable"')) throw error;
}

/** An empty value takes a variable away. */
function withoutEmpty(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}

/** The one thing an event carries, however its language names the fields: `agentName` is `agent_name`. */
export function factsOf(agent: SdkAgent, event: string, nth = 0): Readonly<Record<string, unknown>> {
  const said = agent.events.filter(({ event: name }) => name === event)[nth];
  const facts = recordOf(Array.isArray(said?.['facts']) ? said['facts'][0] : undefined);
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}

export function textFact(agent: SdkAgent, event: string, field: string, nth = 0): string {
  return textOf(factsOf(agent, event, nth), field);
}
