/** What one gateway takes on, and how long it waits. Times in ms, sizes in bytes. */
export interface GatewayLimits {
  /** From the last byte of a request's headers to the answer; its headers may take as long. */
  readonly handshakeMs: number;
  /** For LiveKit to take the connection. */
  readonly upstreamMs: number;
  readonly maxHandshakes: number;
  /** Of all agents. */
  readonly maxWorkers: number;
  /** Of a message. */
  readonly maxWorkerBytes: number;
  readonly maxServerBytes: number;
  /** Of one worker, messages and their bytes: at once, and in the long run. Those beyond wait, as many as `maxWaiting`. */
  readonly burst: number;
  readonly messagesPerSecond: number;
  readonly burstBytes: number;
  readonly bytesPerSecond: number;
  readonly maxWaiting: number;
  /** Not yet taken by one side, before the other is no longer read; and how long that may last. */
  readonly maxBufferedBytes: number;
  readonly stalledMs: number;
  readonly pingMs: number;
  readonly pongMs: number;
  /** For the peer to agree to a close. */
  readonly closeMs: number;
  /** Of a job, from its offer: for the worker to answer, and for LiveKit to assign. LiveKit waits 10 s for the answer. */
  readonly answerMs: number;
  readonly assignmentMs: number;
  /** From a report of how busy a worker is to LiveKit's hearing of it: of several only the last is passed on. */
  readonly loadMs: number;
  readonly dueMs: number;
  readonly announceMs: number;
  /** From not being announced any more to taking no more jobs: a start that saw the agent has dispatched it by then. */
  readonly lingerMs: number;
  /** For what is open when the gateway stops. */
  readonly drainMs: number;
  /** 0 to 1, so that workers do not all come back at once. */
  readonly random: () => number;
}

export const GATEWAY_LIMITS: GatewayLimits = {
  handshakeMs: 10_000,
  upstreamMs: 5_000,
  maxHandshakes: 256,
  maxWorkers: 4_096,
  maxWorkerBytes: 65_536,
  maxServerBytes: 1_048_576,
  burst: 200,
  messagesPerSecond: 50,
  burstBytes: 131_072,
  bytesPerSecond: 16_384,
  maxWaiting: 1_024,
  maxBufferedBytes: 262_144,
  stalledMs: 10_000,
  pingMs: 30_000,
  pongMs: 10_000,
  closeMs: 2_000,
  answerMs: 7_000,
  assignmentMs: 12_000,
  loadMs: 4_000,
  dueMs: 2_000,
  announceMs: 5_000,
  lingerMs: 2_000,
  drainMs: 10_000,
  random: Math.random,
};
