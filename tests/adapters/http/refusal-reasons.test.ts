import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../adapters/http/index.ts';
import {
  ada,
  AGENT,
  AGENT_NAME,
  clientApp,
  strangerApp,
  UNKNOWN,
  withRegisteredAgent,
} from '../../support/platform-cast.ts';
import { platformAtTheEdge, throughOcelot } from '../../support/platform-edge.ts';
import { registerRequest, startRequest, webhookRequest } from '../../support/platform-requests.ts';

describe('the reason of a refusal', () => {
  const cases: readonly (readonly [string, HttpRequest])[] = [
    ['proxy_proof_missing', startRequest({}, AGENT)],
    ['not_pre_authorized', startRequest(throughOcelot(strangerApp), AGENT)],
    ['never_registered', startRequest(throughOcelot(clientApp), UNKNOWN)],
    ['service_principal_required', registerRequest(throughOcelot(ada))],
    ['signature_missing', webhookRequest({ body: new Uint8Array(), signature: undefined })],
  ];

  it.each(cases)('is the same word in the log and on record: %s', async (reason, request) => {
    const { handler, log, audit } = await withRegisteredAgent(platformAtTheEdge());
    await handler(request);
    expect(log.at(-1)?.reason).toBe(reason);
    expect(audit.events.at(-1)?.reason).toBe(reason);
  });

  it('is so too where it is no denial: no worker is online', async () => {
    const { handler, log, audit, workers } = await withRegisteredAgent(platformAtTheEdge());
    workers.takeOffline(AGENT_NAME);
    const { headers } = await handler(startRequest(throughOcelot(clientApp), AGENT));
    expect(headers['retry-after']).toBe('5');
    expect(log.at(-1)?.reason).toBe('no_worker_online');
    expect(audit.events.at(-1)?.reason).toBe('no_worker_online');
  });
});
