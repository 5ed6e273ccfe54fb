import { setTimeout as delay } from 'node:timers/promises';
import { Agent, fetch } from 'undici';
import { expect } from 'vitest';
import { DEFAULT_SCOPE_ID } from '../../dev/entra/graph-objects.ts';
import { applicationToken, bearer, post, type Answer } from '../../dev/platform-client.ts';
import { eventually } from './eventually.ts';
import { openStack, type StackFixture } from './stack-fixture.ts';

type AgentName = 'agent-a' | 'agent-b';
type ClientName = 'client-a' | 'client-b';

export interface TrailRow {
  readonly type: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly evidence: Readonly<Record<string, unknown>> | null;
}

/** The stack whose service reads Graph, with both agents registered and everybody's token at hand. */
export interface GraphStack extends StackFixture {
  readonly tokens: Readonly<Record<AgentName | ClientName, string>>;
  readonly idOf: (name: keyof StackFixture['description']['apps']) => string;
  /** `edge`: another Ocelot than the stack's. */
  readonly register: (token: string, edge?: string) => Promise<Answer>;
  readonly start: (token: string, agent: string, edge?: string) => Promise<Answer>;
  /** Edits the agent's app registration. */
  readonly list: (agent: AgentName, clients: readonly ClientName[]) => void;
  /** The same at Graph, by the agent's own application. */
  readonly edit: (agent: AgentName, clients: readonly ClientName[]) => Promise<void>;
  readonly trailOf: (answer: Answer) => Promise<readonly TrailRow[]>;
  /**
   * Asks until there is no doubt. What is asked for the first time takes a token and connections, and a busy machine may
   * need longer for them than the 2 s that the service has.
   */
  readonly sure: (ask: () => Promise<Answer>) => Promise<Answer>;
}

const COME_BACK_MS = 1_000;

const sure: GraphStack['sure'] = (ask) => {
  const isSure = ({ body }: Answer): boolean => body['code'] !== 'authorization_unavailable';
  const look = async (): Promise<Answer> => {
    const answer = await ask();
    await (isSure(answer) ? undefined : delay(COME_BACK_MS));
    return answer;
  };
  return eventually(look, isSure, 30_000);
};

export async function openGraphStack(): Promise<GraphStack> {
  const fixture = await openStack({ agent: false, directory: 'graph' });
  const { description, stack, sql } = fixture;
  const idOf: GraphStack['idOf'] = (name) => description.apps[name].client_id;
  const tokenOf = (name: AgentName | ClientName): Promise<string> =>
    applicationToken(description, description.apps[name]);
  const register: GraphStack['register'] = (token, edge = description.ocelot_url) =>
    post(`${edge}/api/agent/register`, {}, bearer(token));
  const tokens = {
    'agent-a': await tokenOf('agent-a'),
    'agent-b': await tokenOf('agent-b'),
    'client-a': await tokenOf('client-a'),
    'client-b': await tokenOf('client-b'),
  };
  for (const agent of ['agent-a', 'agent-b'] as const) {
    await fixture.online(agent, { register: () => sure(() => register(tokens[agent])) });
  }
  return {
    ...fixture,
    tokens,
    idOf,
    register,
    sure,
    start: (token, agent, edge = description.ocelot_url) =>
      post(`${edge}/api/session/start`, { agent_entra_app_id: agent }, bearer(token)),
    list: (agent, clients) => {
      stack.entra.graph.setPreAuthorized(idOf(agent), clients.map(idOf));
    },
    edit: async (agent, clients) => {
      const { graph, ca } = stack.entra;
      const scope = `${graph.url}/.default`;
      const token = await applicationToken({ ...description, scope }, description.apps[agent]);
      const preAuthorizedApplications = clients.map((name) => ({
        appId: idOf(name),
        delegatedPermissionIds: [DEFAULT_SCOPE_ID],
      }));
      const dispatcher = new Agent({ connect: { ca } });
      const { status } = await fetch(`${graph.url}/v1.0/applications(appId='${idOf(agent)}')`, {
        method: 'PATCH',
        headers: { ...bearer(token), 'content-type': 'application/json' },
        body: JSON.stringify({ api: { preAuthorizedApplications } }),
        dispatcher,
      });
      await dispatcher.close();
      expect(status).toBe(204);
    },
    trailOf: ({ requestId }) =>
      sql<TrailRow>(
        `select type, outcome, reason, authorization_evidence as evidence
         from audit_events where request_id = $1 order by event_id`,
        [requestId],
      ),
  };
}
