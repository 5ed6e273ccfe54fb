import { RegistrationRefused, RegistrationUnavailable } from './errors.ts';
import { Registration } from './registration.ts';
import { isLoopback, readStrictUrl } from './strict-url.ts';

/** An answer of the edge or of the platform, read whole. */
export interface Answer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: { readonly get: (name: string) => string | null };
  readonly body: string;
}

/** What was asked, of whom. */
export interface Question {
  readonly registerUrl: string;
  readonly scope: string;
  /** The one the agent is set to, where it is. */
  readonly region?: string;
  readonly requestId: string;
  /** This machine's clock when the answer came, for an answer without a date. */
  readonly nowMs: number;
}

/** Statuses that a later try may mend, besides every 5xx. */
const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 429]);
const LONGEST_WAIT_S = 60;
/** Fit for a header and for a line of a log. */
const VISIBLE = /^[\x21-\x7e]+$/;
const RFC_3339 = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
const GUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
/** Of a team, or of a person within one. */
const AGENT_NAME = new RegExp(`^${GUID}(?:\\.${GUID})?$`, 'i');
const REGION = /^[a-z][a-z0-9-]{0,31}$/;
/** A shorter life could not be renewed in time, and a longer one is of a wrong clock. */
const SHORTEST_LIFE_MS = 5_000;
const LONGEST_LIFE_MS = 86_400_000;

/** @throws RegistrationRefused | RegistrationUnavailable */
export function readAnswer(answer: Answer, question: Question): Registration {
  const { status } = answer;
  if (status >= 200 && status < 300) return registrationOf(answer, question);
  const code = codeOf(answer.body);
  const where = `(HTTP ${status}${code === undefined ? '' : ` ${code}`}, request ${question.requestId})`;
  if (status >= 500 || TRANSIENT.has(status)) {
    throw new RegistrationUnavailable(
      `the platform takes no registration at the moment ${where}`,
      retryAfterMs(answer.headers.get('retry-after')),
    );
  }
  throw new RegistrationRefused(`${refusal(status, code, question)} ${where}`);
}

function refusal(status: number, code: string | undefined, { registerUrl, scope }: Question): string {
  const known = REFUSALS.get(code ?? '');
  if (known !== undefined) return known;
  if (status === 401) {
    return `the platform does not accept this identity: is the token for the scope ${scope}, and is the credential that of the agent's own app registration?`;
  }
  if (status === 403 && code === undefined) {
    return "the edge does not let this application in: is its client id on the Client Access List of the platform's route?";
  }
  if (status === 404 || (status >= 300 && status < 400)) {
    return `there is no registration of agents at ${registerUrl}: are LKPS_URL, LKPS_REGION and LKPS_ENV right?`;
  }
  return 'the platform refuses the registration';
}

const REFUSALS: ReadonlyMap<string, string> = new Map([
  [
    'agent_revoked',
    "this agent was revoked by the platform's operators: it gets no token and no session until they restore it",
  ],
  [
    'service_principal_required',
    'an agent registers as an application here, not as a person: use a client secret, a managed identity or a workload identity of its app registration',
  ],
  ['role_required', 'the application does not have the app role that the platform requires'],
  ['forbidden_field', 'the platform does not permit this agent to declare itself open to every client'],
]);

function registrationOf({ status, headers, body }: Answer, question: Question): Registration {
  const { requestId, region: expected, registerUrl, nowMs } = question;
  const document = parseJson(body);
  const unusable = (name: string): RegistrationUnavailable =>
    new RegistrationUnavailable(
      `the answer to the registration has no usable ${name} (HTTP ${status}, request ${requestId})`,
    );
  /** An error names the field, never its value: one of them is a token. */
  const text = (name: string, isUsable: (value: string) => boolean = () => true): string => {
    const value = fieldOf(document, name);
    if (typeof value !== 'string' || !VISIBLE.test(value) || !isUsable(value)) throw unusable(name);
    return value;
  };
  const token = text('token');
  const livekitUrl = text('livekit_url', isWebSocketUrl);
  const agentName = text('agent_name', (value) => AGENT_NAME.test(value));
  const date = Date.parse(headers.get('date') ?? '');
  const expiresAt = text('expires_at', isInstant);
  const lifeMs = Date.parse(expiresAt) - (Number.isNaN(date) ? nowMs : date);
  if (lifeMs < SHORTEST_LIFE_MS) throw unusable('expires_at');
  const region = text('region', (value) => REGION.test(value));
  if (expected !== undefined && region !== expected) {
    throw new RegistrationRefused(
      `the platform at ${registerUrl} serves the region ${region}, and this agent is set to ${expected} (request ${requestId})`,
    );
  }
  const bounded = Math.min(lifeMs, LONGEST_LIFE_MS);
  return new Registration({ token, livekitUrl, agentName, expiresAt, region, requestId, lifeMs: bounded });
}

/** The token goes there: in the clear on this machine only. */
function isWebSocketUrl(text: string): boolean {
  const url = readStrictUrl(text);
  return url?.scheme === 'wss' || (url?.scheme === 'ws' && isLoopback(url));
}

/** Of a day that there is: `Date` reads February 30 as a day in March. */
function isInstant(text: string): boolean {
  const day = text.slice(0, 10);
  return (
    RFC_3339.test(text) && !Number.isNaN(Date.parse(text)) && new Date(day).toISOString().startsWith(day)
  );
}

/** The `code` of a problem document; the edge may answer with something else. */
function codeOf(body: string): string | undefined {
  const code = fieldOf(parseJson(body), 'code');
  return typeof code === 'string' && /^[a-z_]{1,64}$/.test(code) ? code : undefined;
}

function retryAfterMs(header: string | null): number {
  return /^\d{1,9}$/.test(header ?? '') ? 1000 * Math.min(LONGEST_WAIT_S, Number(header)) : 0;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
