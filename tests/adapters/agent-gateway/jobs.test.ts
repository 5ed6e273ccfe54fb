import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LkpsError } from '../../../core/index.ts';
import { openGateway, type GatewayStage } from '../../support/gateway-service.ts';
import { jobOffer, rowsOf, serve } from '../../support/gateway-service-worker.ts';
import { yes } from '../../support/gateway-worker.ts';

describe('jobs over a gateway', () => {
  let stage: GatewayStage;
  beforeAll(async () => {
    stage = await openGateway();
  });
  afterAll(() => stage.close());

  it('reach the worker with LiveKit’s public address and a token of the platform, once they are on record', async () => {
    const { agent, worker, line } = await serve(stage);
    const { id, offer } = jobOffer(await stage.openSession(agent), agent.name);
    line.say(offer);
    const { value: offered } = await worker.hears('availability');
    expect(offered.job).toMatchObject({ id, metadata: 'hello' });
    worker.say(yes(id));
    const { value: answer } = await line.hears('availability');
    expect(answer).toMatchObject({ jobId: id, available: true, participantIdentity: `agent-${id}` });
    expect(answer).toMatchObject({ participantName: 'Echo', supportsResume: false, terminate: false });
    expect(rowsOf(stage, agent)).toEqual(['worker.admitted', 'worker.job_relayed']);
    const assigned = { job: { id, metadata: 'hello' }, token: 'livekit.own.token' };
    line.say({ case: 'assignment', value: assigned });
    const { value: assignment } = await worker.hears('assignment');
    expect(assignment.url).toBe('wss://livekit.example.test');
    expect(assignment.job).toMatchObject({ id, metadata: 'hello' });
    const [, claims = ''] = assignment.token.split('.');
    const said: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString());
    expect(said).toMatchObject({ sub: `agent-${id}`, video: { roomJoin: true } });
    expect(said).not.toHaveProperty('video.agent');
  });

  it('of another agent’s session are never seen: LiveKit hears a no, and it is on record', async () => {
    const [{ agent, worker, line }, other] = [await serve(stage), await stage.newAgent()];
    const { id, offer } = jobOffer(await stage.openSession(other), agent.name);
    line.say(offer);
    const { value } = await line.hears('availability');
    expect(value).toMatchObject({ jobId: id, available: false });
    await vi.waitFor(
      () => {
        expect(rowsOf(stage, agent)).toContain('worker.job_withheld room_of_another_agent');
      },
      { timeout: 10_000 },
    );
    expect(worker.heard.map((said) => said.case)).toEqual(['register']);
    expect(stage.log).toContainEqual(
      expect.objectContaining({ event: 'job_withheld', jobId: id, clientId: agent.clientId }),
    );
  });

  it('that a worker does not answer are declined in its place, while LiveKit still tries the next', async () => {
    const hasty = await openGateway({
      livekit: stage.livekit,
      limits: { answerMs: 700, assignmentMs: 800 },
    });
    try {
      const { agent, line } = await serve(hasty);
      const { id, offer } = jobOffer(await hasty.openSession(agent), agent.name);
      line.say(offer);
      const { value } = await line.hears('availability');
      expect(value).toMatchObject({ jobId: id, available: false });
    } finally {
      await hasty.gateway.stop();
    }
  });

  it('that were not accepted are never assigned, whatever LiveKit says', async () => {
    const { agent, worker, line } = await serve(stage);
    line.say({ case: 'assignment', value: { job: { id: 'AJ_surprise' }, token: 'livekit.own.token' } });
    await vi.waitFor(
      () => {
        expect(rowsOf(stage, agent)).toContain('worker.job_withheld assignment_without_record');
      },
      { timeout: 10_000 },
    );
    expect(worker.heard.map((said) => said.case)).toEqual(['register']);
  });

  it('are declined when they cannot be put on record', async () => {
    const acceptJob = { execute: () => Promise.reject(new LkpsError('audit_unavailable', 'planted')) };
    const faulty = await openGateway({ livekit: stage.livekit, replace: () => ({ acceptJob }) });
    try {
      const { agent, worker, line } = await serve(faulty);
      const { id, offer } = jobOffer(await faulty.openSession(agent), agent.name);
      line.say(offer);
      await worker.hears('availability');
      worker.say(yes(id));
      const { value } = await line.hears('availability');
      expect(value).toMatchObject({ jobId: id, available: false });
      const logged = { event: 'act_not_recorded', jobId: id, code: 'audit_unavailable' };
      expect(faulty.log).toContainEqual(expect.objectContaining(logged));
    } finally {
      await faulty.gateway.stop();
    }
  });
});
