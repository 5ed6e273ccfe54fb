/** What `npm run dev -- --json` prints: everything a test of any language needs to use the stack from outside. */
export interface StackDescription {
  readonly entra: {
    readonly authority: string;
    readonly tenant_id: string;
    readonly ca_file: string;
    readonly graph_url: string;
  };
  readonly scope: string;
  readonly ocelot_url: string;
  /** LKPS itself: only for what must fail without Ocelot, and for webhooks. */
  readonly lkps_url: string;
  readonly proxy_proof: { readonly header: string; readonly value: string };
  readonly livekit_url: string;
  readonly livekit_api: { readonly url: string; readonly key: string; readonly secret: string };
  /** Where workers connect with the token of a registration, which names it too. */
  readonly agent_gateway_url: string;
  /** As the service's role: reads everything, and can change no audit row. */
  readonly database_url: string;
  readonly database_admin_url: string;
  /** What `lkps` commands and one more service need: all settings but ports. The agent gateway is beside that service. */
  readonly lkps_env: Readonly<Record<string, string>>;
  readonly apps: Readonly<Record<AppName, AppCredentials>>;
  readonly users: Readonly<Record<string, UserCredentials>>;
}

export type AppName = 'agent-a' | 'agent-b' | 'client-a' | 'client-b' | 'client-unlisted';

export interface AppCredentials {
  readonly client_id: string;
  readonly client_secret: string;
  readonly service_principal_id: string;
}

export interface UserCredentials {
  readonly username: string;
  readonly password: string;
}
