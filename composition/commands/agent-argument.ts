import {
  agentNameOf,
  LkpsError,
  parseAgentName,
  parseAgentRef,
  parseClientId,
  type AgentName,
  type AgentRef,
} from '../../core/index.ts';
import type { Records } from './operator.ts';

/** An agent as an operator names it: by its name, or as audit rows name a personal one. */
export type AgentArgument = { readonly name: AgentName } | { readonly ref: AgentRef };

const APPLICATION_AND_HASH = /^([^.]*)\.[0-9a-f]{64}$/;
const PAGE = 5000;

/** In any case. @throws LkpsError `invalid_request`. */
export function parseAgentArgument(raw: string): AgentArgument {
  const text = raw.toLowerCase();
  return APPLICATION_AND_HASH.test(text) ? { ref: parseAgentRef(text) } : { name: parseAgentName(text) };
}

/**
 * A name is taken as it is. Whose a reference is cannot be told from it: the agents of its application, as `agents list`
 * shows them, are gone through for the one that has it.
 *
 * @throws LkpsError `agent_not_registered` for a reference that none of them has.
 */
export async function findAgent(
  given: AgentArgument,
  { view, agentRefOf }: Pick<Records, 'view' | 'agentRefOf'>,
): Promise<AgentName> {
  if ('name' in given) {
    return given.name;
  }
  const [, client = ''] = APPLICATION_AND_HASH.exec(given.ref) ?? [];
  const application = agentNameOf(parseClientId(client));
  let after: AgentName | undefined = application;
  while (after !== undefined) {
    const page = await view.listAgents({ agent: application, after, limit: PAGE });
    const found = page.find(({ name }) => agentRefOf(name) === given.ref);
    if (found !== undefined) {
      return found.name;
    }
    after = page.at(-1)?.name;
  }
  throw new LkpsError('agent_not_registered', 'no agent has this reference');
}
