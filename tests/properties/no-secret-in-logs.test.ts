import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHttpHandler, type HttpRequest } from '../../adapters/http/index.ts';
import { PROOF_HEADER } from '../../adapters/identity-ocelot/index.ts';
import { parseMigrateConfig, parseServeConfig } from '../../composition/config.ts';
import { createLogger, httpLog } from '../../composition/logger.ts';
import { operatorMessage } from '../../composition/operator-message.ts';
import { risksOf } from '../../composition/risks.ts';
import type { Environment } from '../../composition/setting-values.ts';
import { SETTINGS } from '../../composition/settings.ts';
import type { Principal } from '../../core/index.ts';
import { CANARIES, canariesIn, canary, failures } from '../support/canaries.ts';
import { ADA, AGENT, agentApp, clientApp, UNKNOWN, withRegisteredAgent } from '../support/platform-cast.ts';
import { platformAtTheEdge, PROOF, signedByLiveKit, throughOcelot } from '../support/platform-edge.ts';
import { COMPLETE } from '../support/platform-environment.ts';
import type { Fault } from '../support/memory-faults.ts';
import type { PortFaults, PortName } from '../support/platform-faults.ts';
import type { Platform } from '../support/platform-over-memory.ts';
import { registerRequest, startRequest } from '../support/platform-requests.ts';
import { textOf } from '../support/http-message.ts';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
const PORTS: readonly PortName[] = [
  ...(['identity', 'directory', 'agents', 'sessions', 'audit', 'tokens', 'rooms', 'webhooks'] as const),
];
const ada: Principal = {
  kind: 'user',
  clientId: clientApp.clientId,
  userId: ADA,
  email: CANARIES.email,
  displayName: CANARIES.name,
};

/** Where a caller can put something; some make the request a refused one, some do not. */
const plantedHeaders = fc.dictionary(
  fc.constantFrom(
    ...['authorization', 'cookie', 'user-agent', 'x-request-id', 'x-forwarded-for', 'idempotency-key'],
    ...['x-unknown', 'client_id', 'x-bayer-user', 'user-profile', 'user-id', 'client-id', PROOF_HEADER],
    ...['content-type', 'content-encoding', 'origin', 'referer'],
  ),
  fc.oneof(
    canary,
    canary.map((text) => `Bearer ${text}`),
    canary.map((name) => JSON.stringify({ user_id: ADA, email: CANARIES.email, displayName: name })),
  ),
  { maxKeys: 3 },
);
const bodies = fc.oneof(
  fc.constant({ agent_entra_app_id: AGENT }),
  fc.constant({ agent_entra_app_id: UNKNOWN }),
  canary.map((text) => ({ agent_entra_app_id: text })),
  canary.map((text) => ({ agent_entra_app_id: AGENT, agent_metadata: text, participant_name: text })),
  canary.map((text) => ({ agent_entra_app_id: AGENT, participant_attributes: { [text]: text } })),
  canary.map((text) => ({ agent_entra_app_id: AGENT, room_name: text })),
  canary.map((text) => ({ [text]: { [text]: text } })),
  canary,
);
const events = fc.record(
  {
    event: fc.oneof(fc.constantFrom('participant_joined', 'room_finished', 'room_started'), canary),
    id: fc.oneof(fc.constant('EV_1'), canary),
    turnPassword: canary,
    participant: fc.record({
      sid: canary,
      identity: canary,
      metadata: canary,
      attributes: fc.dictionary(canary, canary),
    }),
    disconnectReason: canary,
  },
  { requiredKeys: ['turnPassword'] },
);
const targets = fc.oneof(
  { weight: 5, arbitrary: fc.constant('') },
  canary.map((text) => `/${encodeURIComponent(text)}`),
  canary.map((text) => `/${text}`),
);

interface Act {
  readonly kind: 'register' | 'start' | 'webhook';
  readonly caller: Principal;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly raw: string | undefined;
  readonly event: object;
  readonly suffix: string;
  readonly query: string;
}
const acts: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom('register', 'start', 'webhook'),
  caller: fc.constantFrom(agentApp, clientApp, ada),
  headers: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, plantedHeaders),
  body: bodies,
  raw: fc.option(canary, { nil: undefined, freq: 5 }),
  event: events,
  suffix: targets,
  query: canary,
});
const faults: fc.Arbitrary<Omit<PortFaults, 'lag'>> = fc
  .tuple(fc.constantFrom(...PORTS), fc.constantFrom<Fault>('none', 'before', 'after'), failures)
  .map(([failing, fault, failure]) => ({ next: (port) => (port === failing ? fault : 'none'), failure }));

async function requestOf(act: Act, platform: Platform): Promise<HttpRequest> {
  const bytes = new TextEncoder().encode(act.raw ?? JSON.stringify(act.body));
  const caller = throughOcelot(act.caller);
  const room = { name: platform.rooms.rooms[0]?.request.room ?? 'none', sid: 'RM_1', creationTimeMs: 1 };
  const plain =
    act.kind === 'register'
      ? registerRequest(caller)
      : act.kind === 'start'
        ? { ...startRequest(caller, AGENT), body: bytes }
        : await signedByLiveKit(
            new TextEncoder().encode(JSON.stringify({ room, ...act.event })),
            platform.clock,
          );
  const planted = Object.entries(act.headers).map(
    ([name, value]) => [name, [name === 'x-request-id' ? `${value} ` : value]] as const, // one that fits is kept
  );
  return {
    ...plain,
    path: `${plain.path}${act.suffix}`,
    query: new URLSearchParams({ token: act.query }),
    headers: new Map([...plain.headers, ...planted]),
  };
}

describe('invariant 9: no secret, token or personal datum appears in any log line', () => {
  it('whatever comes in, whatever fails on its way, and however much is logged', async () => {
    const statuses = new Set<number>();
    let lines = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...LEVELS),
        fc.array(acts, { minLength: 1, maxLength: 4 }),
        faults,
        async (logLevel, asked, planned) => {
          const written: string[] = [];
          const logger = createLogger(
            { logLevel, region: 'eu' },
            { write: (text) => void written.push(text) },
          );
          let armed = false;
          const next: PortFaults['next'] = (...call) => (armed ? planned.next(...call) : 'none');
          const platform = await withRegisteredAgent(
            platformAtTheEdge({ rules: { userAgents: 'allow' }, faults: { ...planned, next } }),
          );
          const handler = createHttpHandler({ ...platform.service, log: httpLog(logger) });
          await handler(startRequest(throughOcelot(ada), AGENT));
          armed = true;
          for (const act of asked) {
            const response = await handler(await requestOf(act, platform));
            statuses.add(response.status);
            expect(canariesIn(withoutFieldNames(response.body))).toEqual([]);
          }
          lines += written.length;
          expect(written.flatMap(canariesIn)).toEqual([]);
          expect(written.join('')).not.toContain(PROOF);
          expect(written.join('')).not.toContain(ADA);
        },
      ),
      { numRuns: 1_500 },
    );
    expect([...statuses]).toEqual(expect.arrayContaining([200, 201, 400, 401, 404, 415, 500, 503]));
    expect(lines).toBeGreaterThan(1_000);
  }, 90_000); // so many requests take their time on a busy machine

  it('nor in what is said of a configuration that is wrong', () => {
    const names = Object.keys(SETTINGS);
    const secretFiles = names.map((name) => `${name}_FILE`);
    const wrong = fc.dictionary(
      fc.constantFrom(...names, ...secretFiles),
      fc.oneof(
        canary,
        canary.map((text) => `${text}:${text},${text}`),
        canary.map((text) => `https://${text}`),
      ),
      { minKeys: 1, maxKeys: 5 },
    );
    let refused = 0;
    fc.assert(
      fc.property(wrong, fc.boolean(), (planted, complete) => {
        const env: Environment = { ...(complete ? COMPLETE : {}), ...planted };
        for (const parse of [parseServeConfig, parseMigrateConfig]) {
          try {
            parse(env);
          } catch (error) {
            refused += 1;
            expect(canariesIn(operatorMessage(error))).toEqual([]);
          }
        }
      }),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(400);
  });

  it('nor in the warnings of a start, nor in a configuration that is printed', () => {
    const env = {
      ...COMPLETE,
      LKPS_UNKNOWN: CANARIES.secret,
      LKPS_PROXY_PROOF: 'network',
      LKPS_PROXY_SECRETS: undefined,
    };
    const { config, secrets } = parseServeConfig(env);
    const written: string[] = [];
    const logger = createLogger(
      { logLevel: 'trace', region: 'eu' },
      { write: (text) => void written.push(text) },
    );
    logger.warn(
      { config, secrets, warnings: risksOf(config, env) },
      `${String(secrets.subjectKey)} ${String(secrets.databaseUrl)}`,
    );
    expect(written.join('')).toContain('LKPS_UNKNOWN');
    expect(written.flatMap(canariesIn)).toEqual([]);
  });

  it('nor of an error that nobody expected, by the last who sees it', () => {
    fc.assert(
      fc.property(failures, fc.constantFrom(...PORTS), (failure, port) => {
        expect(canariesIn(operatorMessage(failure(port)))).toEqual([]);
      }),
    );
  });
});

/** A refused field is named to the one who sent it; a token goes to the one it was made for. */
function withoutFieldNames(body: Uint8Array): string {
  return textOf(body).replaceAll(/"(?:path|token|participant_token)":"(?:[^"\\]|\\.)*"/g, '');
}
