import { JobStatus, ParticipantInfo_Kind } from '@livekit/protocol';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  LiveKitRoomDispatcher,
  LiveKitTokenIssuer,
  upstreamWorkerToken,
} from '../../../adapters/livekit/index.ts';
import { openGateway, type GatewayStage } from '../../support/gateway-service.ts';
import { rowsOf } from '../../support/gateway-service-worker.ts';
import { connectRaw, rawWorker, registration, yes } from '../../support/gateway-worker.ts';
import { LIVEKIT_START_MS, openLiveKit, type TestLiveKit } from '../../support/livekit-server.ts';
import { joinedBare } from '../../support/livekit-signalling.ts';

describe('a gateway in front of the real LiveKit server', () => {
  let livekit: TestLiveKit;
  let stage: GatewayStage;
  beforeAll(async () => {
    livekit = await openLiveKit();
    const { apiKey } = livekit;
    const upstreamToken = (): Promise<string> => upstreamWorkerToken(apiKey, { now: () => new Date() });
    stage = await openGateway({
      tokens: new LiveKitTokenIssuer(apiKey),
      site: { livekitUrl: livekit.url, livekitPublicUrl: livekit.wsUrl, upstreamToken },
    });
  }, LIVEKIT_START_MS);
  afterAll(async () => {
    await stage.close();
    await livekit.stop();
  });

  it('hands a job to the agent’s worker, with a token that joins the room and opens no worker endpoint', async () => {
    const agent = await stage.newAgent();
    const worker = await rawWorker(stage.url, stage.tokenOf(agent));
    worker.say(registration());
    const { value: registered } = await worker.hears('register');
    expect(registered.serverInfo?.version).toMatch(/^1\./);
    worker.say({ case: 'ping', value: { timestamp: 7n } });
    expect((await worker.hears('pong')).value.lastTimestamp).toBe(7n);

    const room = await stage.openSession(agent);
    const rooms = new LiveKitRoomDispatcher({ url: livekit.url, key: livekit.apiKey });
    const requestId = stage.service.ids.requestId();
    await rooms.createRoom({ room, agent: agent.name, requestId, agentMetadata: 'for the agent' });
    const { value: offer } = await worker.hears('availability');
    const jobId = offer.job?.id ?? '';
    expect(offer.job).toMatchObject({ agentName: agent.name, metadata: 'for the agent' });
    worker.say(yes(jobId));
    const { value: assignment } = await worker.hears('assignment');
    expect(assignment).toMatchObject({ url: livekit.wsUrl, job: { id: jobId, metadata: 'for the agent' } });
    expect(rowsOf(stage, agent)).toEqual(['worker.admitted', 'worker.job_relayed']);
    const { token } = assignment;
    expect(decodeJwt(token)).toMatchObject({ sub: `agent-${jobId}`, kind: 'agent', name: 'Echo' });
    expect(decodeJwt(token)).not.toHaveProperty('video.agent');

    const inRoom = await joinedBare({ livekitUrl: livekit.wsUrl, token });
    expect(inRoom.self).toMatchObject({
      identity: `agent-${jobId}`,
      name: 'Echo',
      kind: ParticipantInfo_Kind.AGENT,
    });
    const refreshed = await inRoom.refreshedToken();
    for (const worthless of [token, refreshed, stage.tokenOf(agent)]) {
      const refused = await connectRaw(`${livekit.wsUrl}/agent`, { authorization: `Bearer ${worthless}` });
      expect(refused).toMatchObject({ status: 401 });
    }
    inRoom.close();
    worker.say({ case: 'updateJob', value: { jobId, status: JobStatus.JS_SUCCESS } });
  });
});
