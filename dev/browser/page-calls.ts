/** What the page offers to whoever drives it. Everything that crosses is JSON. */
export interface PageCalls {
  /** A session by `TokenSource.endpoint`, joined, the microphone open. Leaves no earlier one. */
  readonly startSession: (ask: SessionAsk) => Promise<JoinedSession>;
  /** The agent's voice and one message there and back. */
  readonly talk: (nonce: string) => Promise<Talked>;
  readonly leave: (nothing: null) => Promise<null>;
  /** `TokenSource.endpoint` alone. The page keeps its source, so that a second ask shows what is cached. */
  readonly fetchToken: (ask: TokenAsk) => Promise<TokenAnswer>;
  /** A token by a source of the page's own that posts the platform's own form. */
  readonly askInOwnForm: (ask: OwnFormAsk) => Promise<TokenAnswer | Refusal>;
  /** A request of the page's own, with what of the answer the browser lets a page read. */
  readonly post: (ask: PostAsk) => Promise<PostAnswer>;
}

export interface SessionAsk {
  readonly sessionUrl: string;
  readonly agentAppId: string;
  readonly entraToken: string;
}

export interface JoinedSession {
  readonly room: string;
  readonly identity: string;
}

export interface Talked {
  readonly agent: string;
  readonly message: string;
  readonly voice: Voice;
}

export interface Voice {
  /** The strongest frequency of the agent's track. */
  readonly hz: number;
  /** How much of the track's energy it holds, 0 to 1. */
  readonly share: number;
}

export interface TokenAsk {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials?: 'include';
  /** The options of LiveKit's `TokenSourceFetchOptions`. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly force?: boolean;
  /** Whether the source of the last ask is asked again; default: a new one. */
  readonly again?: boolean;
}

export type TokenAnswer =
  | { readonly kind: 'token'; readonly serverUrl: string; readonly participantToken: string }
  | { readonly kind: 'error'; readonly message: string };

export interface OwnFormAsk {
  readonly sessionUrl: string;
  readonly entraToken: string;
  readonly request: object;
}

export interface Refusal {
  readonly kind: 'refused';
  readonly code: string;
  readonly requestId: string;
  readonly retryAfterSeconds: number;
}

export interface PostAsk {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export type PostAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: unknown;
    }
  | { readonly kind: 'error'; readonly message: string };
