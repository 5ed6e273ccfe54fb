import { readFile } from 'node:fs/promises';
import { Agent, fetch } from 'undici';
import type { AppCredentials, StackDescription, UserCredentials } from './description.ts';

const TIMEOUT_MS = 15_000;

export interface Answer {
  readonly status: number;
  readonly requestId: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** An application's own Entra token, by client credentials. Rejects with Entra's words when it is refused. */
export function applicationToken(stack: StackDescription, app: AppCredentials): Promise<string> {
  return entraToken(stack, {
    grant_type: 'client_credentials',
    client_id: app.client_id,
    client_secret: app.client_secret,
  });
}

/** The token of a user who signed in to an application; a public client, as the Azure CLI is, has no secret. */
export function userToken(
  stack: StackDescription,
  { username, password }: UserCredentials,
  { client_id, client_secret }: Pick<AppCredentials, 'client_id'> & Partial<AppCredentials>,
): Promise<string> {
  const secret = client_secret === undefined ? {} : { client_secret };
  return entraToken(stack, { grant_type: 'password', client_id, ...secret, username, password });
}

async function entraToken(stack: StackDescription, form: Readonly<Record<string, string>>): Promise<string> {
  const { authority, tenant_id: tenant, ca_file: caFile } = stack.entra;
  const dispatcher = new Agent({ connect: { ca: await readFile(caFile) } });
  try {
    const response = await fetch(`${authority}/${tenant}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({ ...form, scope: stack.scope }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      dispatcher,
    });
    const body = recordOf(await response.json());
    if (response.status !== 200) {
      throw new Error(`Entra refused the token: ${textOf(body, 'error_description')}`);
    }
    return textOf(body, 'access_token');
  } finally {
    await dispatcher.close();
  }
}

/** POSTs JSON to the platform; whatever the answer is, it is an answer. */
export async function post(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  return {
    status: response.status,
    requestId: response.headers.get('x-request-id') ?? undefined,
    body: text.startsWith('{') ? recordOf(JSON.parse(text)) : { text },
  };
}

export function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` };
}

export interface StartedSession {
  readonly sessionId: string;
  readonly room: string;
  readonly identity: string;
  readonly token: string;
  readonly livekitUrl: string;
  readonly requestId: string;
}

/** Starts a session through Ocelot, as a client does. */
export function startSession(
  stack: StackDescription,
  token: string,
  agentId: string,
): Promise<StartedSession> {
  return requestSession(stack, token, { agent_entra_app_id: agentId });
}

/** The same, by whatever the contract lets a client ask. */
export async function requestSession(
  stack: StackDescription,
  token: string,
  asked: object,
): Promise<StartedSession> {
  const url = `${stack.ocelot_url}/api/session/start`;
  const { status, body, requestId } = await post(url, asked, bearer(token));
  if (status !== 201) {
    throw new Error(`session start answered ${status}: ${JSON.stringify(body)}`);
  }
  return {
    sessionId: textOf(body, 'session_id'),
    room: textOf(body, 'room_name'),
    identity: textOf(body, 'participant_identity'),
    token: textOf(body, 'participant_token'),
    livekitUrl: textOf(body, 'livekit_url'),
    requestId: requestId ?? '',
  };
}

export function textOf(body: Readonly<Record<string, unknown>>, field: string): string {
  const value = body[field];
  if (typeof value !== 'string') {
    throw new Error(`the answer has no ${field}`);
  }
  return value;
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
