import { WorkerStatus } from '@livekit/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LkpsError, type Agent } from '../../../core/index.ts';
import { openGateway, type GatewayStage } from '../../support/gateway-service.ts';
import { jobOffer, rowsOf, serve, type ServingWorker } from '../../support/gateway-service-worker.ts';
import { connectRaw, yes } from '../../support/gateway-worker.ts';
import { inTime } from '../../support/in-time.ts';

async function untilOnline({ workers }: GatewayStage, { name }: Agent, isIt: boolean): Promise<void> {
  await vi.waitFor(
    async () => {
      expect(await workers.isOnline(name)).toBe(isIt);
    },
    { timeout: 10_000 },
  );
}

/** A job that its worker has not answered yet. */
async function asked(stage: GatewayStage, { agent, worker, line }: ServingWorker): Promise<string> {
  const { id, offer } = jobOffer(await stage.openSession(agent), agent.name);
  line.say(offer);
  await worker.hears('availability');
  return id;
}

describe.concurrent('a connection', () => {
  let stage: GatewayStage;
  beforeAll(async () => {
    stage = await openGateway({ limits: { dueMs: 30, lingerMs: 2_000 } });
  });
  afterAll(() => stage.close());

  it('shows its agent as online while it takes jobs, and no longer', async () => {
    const { agent, worker } = await serve(stage);
    await untilOnline(stage, agent, true);
    worker.say({ case: 'updateWorker', value: { status: WorkerStatus.WS_FULL, load: 1 } });
    await untilOnline(stage, agent, false);
    worker.say({ case: 'updateWorker', value: { status: WorkerStatus.WS_AVAILABLE } });
    await untilOnline(stage, agent, true);
    worker.socket.terminate();
    await untilOnline(stage, agent, false);
  });

  it('ends when another comes with its token', async () => {
    const { agent, token, worker, line } = await serve(stage);
    const other = await connectRaw(`${stage.url}?access_token=${token}`);
    expect(await worker.ended).toEqual({ code: 1008, reason: 'replaced' });
    await vi.waitFor(
      () => {
        expect(line.socket.readyState).toBe(line.socket.CLOSED);
      },
      { timeout: 10_000 },
    );
    expect(rowsOf(stage, agent)).toContain('worker.closed replaced');
    expect('socket' in other && other.socket.readyState === other.socket.OPEN).toBe(true);
  });

  it('ends when another comes to another gateway with its token, and when its agent is revoked', async () => {
    const [elsewhere, revoked] = [await serve(stage), await serve(stage)];
    await asked(stage, revoked);
    const [admitted] = stage.audit.events.filter(({ agent }) => agent === elsewhere.agent.name);
    const tokenId = admitted?.token?.tokenId ?? expect.unreachable();
    const pass = {
      agent: elsewhere.agent.name,
      tokenId,
      issuedAt: new Date(),
      expiresAt: new Date(),
      signingKeyId: '',
    };
    await stage.workers.admit({ connectionId: stage.service.ids.connectionId(), pass }, []);
    await stage.cutOffs.revokeAgent(revoked.agent.name, { at: new Date() }, []);
    expect(await elsewhere.worker.ended).toEqual({ code: 1008, reason: 'replaced' });
    expect(await revoked.worker.ended).toEqual({ code: 1008, reason: 'agent_revoked' });
    await untilOnline(stage, revoked.agent, false);
  });

  it('of which it is not known whether it may stay, stays', async () => {
    const due = (): Promise<never> => Promise.reject(new LkpsError('audit_unavailable', 'planted'));
    const blind = await openGateway({
      limits: { dueMs: 10 },
      livekit: stage.livekit,
      replace: ({ workers }) => ({ workers: { due, announce: (...args) => workers.announce(...args) } }),
    });
    const { worker } = await serve(blind);
    await vi.waitFor(
      () => {
        expect(blind.log.filter(({ event }) => event === 'due_unknown').length).toBeGreaterThan(1);
      },
      { timeout: 10_000 },
    );
    expect(worker.socket.readyState).toBe(worker.socket.OPEN);
    await blind.gateway.stop();
  });

  it('ends with its token, whatever is open', async () => {
    const serving = await serve(stage, { lifeMs: 4_000 });
    await asked(stage, serving);
    expect(await serving.worker.ended).toEqual({ code: 1012, reason: 'expired' });
    const { value } = await serving.line.hears('updateWorker');
    expect(value).toMatchObject({ status: 1, load: 1 });
  });

  it('ends before its token where its agent has a newer one: offline first, then full, then closed', async () => {
    const serving = await serve(stage, { lifeMs: 150_000, ageMs: 142_000 }); // it leaves in 4 s
    const { agent, worker, line } = serving;
    await stage.agents.register(
      { ...agent, registeredAt: new Date(), expiresAt: new Date(Date.now() + 60_000) },
      [],
    );
    await untilOnline(stage, agent, true);
    await untilOnline(stage, agent, false);
    worker.say({ case: 'updateWorker', value: { status: WorkerStatus.WS_FULL } });
    worker.say({ case: 'updateWorker', value: { status: WorkerStatus.WS_AVAILABLE } });
    await vi.waitFor(
      () => {
        expect(line.heard).toHaveLength(3);
      },
      { timeout: 10_000 },
    );
    expect(await stage.workers.isOnline(agent.name)).toBe(false);
    const jobId = await asked(stage, serving);
    await vi.waitFor(
      () => {
        expect(line.heard.at(-1)).toMatchObject({ value: { status: WorkerStatus.WS_FULL, load: 1 } });
      },
      { timeout: 10_000 },
    );
    worker.say(yes(jobId));
    const { value: answer } = await line.hears('availability');
    expect(answer.available).toBe(true);
    line.say({ case: 'assignment', value: { job: { id: jobId }, token: 'livekit.own.token' } });
    expect(await worker.ended).toEqual({ code: 1012, reason: 'renewed' });
    expect(worker.heard.map((said) => said.case)).toContain('assignment');
  });
});

describe.concurrent('a gateway that stops', () => {
  it('takes nobody in, announces nobody, settles what is open, and has every end on record', async () => {
    const stage = await openGateway({ limits: { lingerMs: 100 } });
    const [open, idle] = [await serve(stage), await serve(stage)];
    const jobId = await asked(stage, open);
    const stopped = stage.gateway.stop();
    await untilOnline(stage, idle.agent, false);
    const refused = await connectRaw(`${stage.url}?access_token=${stage.tokenOf(idle.agent)}`);
    expect(refused).toEqual({ status: 503, retryAfter: '2' });
    expect(stage.livekit.lines).toHaveLength(2);
    await open.line.hears('updateWorker');
    expect(await idle.worker.ended).toEqual({ code: 1012, reason: 'gateway_stopping' });
    open.worker.say(yes(jobId));
    await open.line.hears('availability');
    open.line.say({ case: 'assignment', value: { job: { id: jobId }, token: 'livekit.own.token' } });
    await open.worker.hears('assignment');
    expect(await open.worker.ended).toEqual({ code: 1012, reason: 'gateway_stopping' });
    await stopped;
    for (const { agent, line } of [open, idle]) {
      expect(rowsOf(stage, agent).at(-1)).toBe('worker.closed gateway_stopping');
      expect(line.socket.readyState).toBe(line.socket.CLOSED);
    }
    await expect(connectRaw(stage.url)).rejects.toThrow('ECONNREFUSED');
    await stage.close();
  });

  it('waits for nobody longer than its deadline', async () => {
    const stage = await openGateway({ limits: { drainMs: 100, closeMs: 100 } });
    const serving = await serve(stage);
    await asked(stage, serving);
    serving.worker.socket.pause();
    await inTime(2_500, () => stage.gateway.stop());
    expect(rowsOf(stage, serving.agent).at(-1)).toBe('worker.closed gateway_stopping');
    await stage.close();
  });
});
