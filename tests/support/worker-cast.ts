import { expect } from 'vitest';
import {
  agentIdentity,
  agentNameOf,
  parseClientId,
  parseConnectionId,
  parseGatewayId,
  parseObjectId,
  parseTokenId,
  type Agent,
  type AgentName,
  type GatewayId,
  type WorkerConnection,
  type WorkerPass,
} from '../../core/index.ts';

const AT_MS = Date.parse('2026-02-03T04:05:06.000Z');

export interface WorkersAgent {
  readonly name: AgentName;
  /** Itself, or that of which it is one user's. */
  readonly application: AgentName;
  readonly agent: Agent;
}

/** Two applications nobody has seen before, each with one user's personal agent. */
export function freshAgents(): readonly WorkersAgent[] {
  const user = parseObjectId(crypto.randomUUID());
  return [0, 1].flatMap(() => {
    const client = parseClientId(crypto.randomUUID());
    return [undefined, user].map((userId) => {
      const agent = {
        ...agentIdentity(client, userId),
        clientAuthorization: 'required' as const,
        registeredAt: inSeconds(0),
        expiresAt: inSeconds(3600),
      };
      return { name: agent.name, application: agentNameOf(client), agent };
    });
  });
}

export function freshAgent(): Agent {
  return freshAgents()[0]?.agent ?? expect.unreachable();
}

export function freshGateway(): GatewayId {
  return parseGatewayId(crypto.randomUUID());
}

/** As of a token issued with a registration of {@link freshAgents}. */
export function freshPass(agent: AgentName): WorkerPass {
  const tokenId = parseTokenId(crypto.randomUUID());
  return { agent, tokenId, issuedAt: inSeconds(0), expiresAt: inSeconds(3600), signingKeyId: 'key' };
}

export function freshConnection(pass = freshPass(freshAgent().name)): WorkerConnection {
  return { connectionId: parseConnectionId(crypto.randomUUID()), pass };
}

/** After the registrations of {@link freshAgents}. */
export function inSeconds(seconds: number): Date {
  return new Date(AT_MS + seconds * 1000);
}
