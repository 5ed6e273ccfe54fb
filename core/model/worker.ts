import type { AgentName, ConnectionId, TokenId } from './names.ts';

/** What a verified agent token says. */
export interface WorkerPass {
  readonly agent: AgentName;
  readonly tokenId: TokenId;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  /** Of the key that signed it. */
  readonly signingKeyId: string;
}

/** A worker that a gateway lets speak to LiveKit. */
export interface WorkerConnection {
  readonly connectionId: ConnectionId;
  readonly pass: WorkerPass;
}

/**
 * Why a connection has to go: another one came with its token; its agent was cut off; or its agent holds a newer token,
 * so that it may be closed in good time before its own expires.
 */
export type WorkerDue = 'replaced' | 'agent_revoked' | 'renewed';
