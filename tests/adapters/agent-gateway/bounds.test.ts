import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { LkpsError } from '../../../core/index.ts';
import { openGateway, type GatewayOptions, type GatewayStage } from '../../support/gateway-service.ts';
import { rowsOf, serve } from '../../support/gateway-service-worker.ts';
import { connectRaw } from '../../support/gateway-worker.ts';
import { sendRaw } from '../../support/raw-http-client.ts';

describe('a gateway that has enough to do', () => {
  const within = async (
    options: GatewayOptions,
    act: (stage: GatewayStage) => Promise<void>,
  ): Promise<void> => {
    const stage = await openGateway(options);
    try {
      await act(stage);
    } finally {
      await stage.close();
    }
  };

  it('takes so many handshakes at a time, and gives none longer than its deadline', async () => {
    await within({ limits: { maxHandshakes: 1, handshakeMs: 1_500, upstreamMs: 2_000 } }, async (stage) => {
      stage.livekit.answer = 'hang';
      const agent = await stage.newAgent();
      const authorization = `Bearer ${stage.tokenOf(agent)}`;
      const slow = connectRaw(stage.url, { authorization });
      await vi.waitFor(
        async () => {
          expect(await connectRaw(stage.url, { authorization })).toEqual({ status: 503, retryAfter: '1' });
        },
        { timeout: 10_000 },
      );
      expect(await slow).toEqual({ status: 503, retryAfter: '2' });
      expect(stage.log.map(({ reason }) => reason)).toContain('the handshake took too long');
    });
  });

  it('closes what was opened for a worker that did not wait, and has it on record', async () => {
    let admit = (): void => undefined;
    const admitted = new Promise<void>((resolve) => (admit = resolve));
    const replace: GatewayOptions['replace'] = ({ admitWorker }) => ({
      admitWorker: {
        execute: async (input) => {
          const answer = await admitWorker.execute(input);
          await admitted;
          return answer;
        },
      },
    });
    await within({ replace, limits: { handshakeMs: 1_500 } }, async (stage) => {
      const agent = await stage.newAgent();
      const refused = await connectRaw(stage.url, { authorization: `Bearer ${stage.tokenOf(agent)}` });
      expect(refused).toMatchObject({ status: 503 });
      const { socket } = stage.livekit.newest();
      admit();
      await once(socket, 'close');
      await vi.waitFor(
        () => {
          expect(rowsOf(stage, agent)).toEqual(['worker.admitted', 'worker.closed handshake_too_slow']);
        },
        { timeout: 10_000 },
      );
    });
  });

  it('closes what was opened for a worker that could not be put on record, and keeps no seat for it', async () => {
    const replace: GatewayOptions['replace'] = ({ admitWorker }) => ({
      admitWorker: {
        execute: async (input) => {
          await admitWorker.execute(input);
          throw new LkpsError('audit_unavailable', 'planted');
        },
      },
    });
    await within({ replace, site: { maxAgentWorkers: 1 } }, async (stage) => {
      const authorization = `Bearer ${stage.tokenOf(await stage.newAgent())}`;
      for (const attempt of [1, 2]) {
        expect(await connectRaw(stage.url, { authorization })).toEqual({ status: 503, retryAfter: '2' });
        expect(stage.livekit.lines).toHaveLength(attempt);
      }
      await vi.waitFor(
        () => {
          const open = stage.livekit.lines.filter(({ socket }) => socket.readyState === socket.OPEN);
          expect(open).toEqual([]);
        },
        { timeout: 10_000 },
      );
    });
  });

  it('ends connections that never finish their headers, or never begin them', async () => {
    await within({ limits: { handshakeMs: 200 } }, async ({ port }) => {
      const closed = ['', 'GET /agent HTTP/1.1\r\nhost: x\r\n'].map(async (begun) => {
        const socket = connect(port, '127.0.0.1').on('error', () => undefined);
        socket.write(begun);
        await once(socket.resume(), 'close');
      });
      await Promise.all(closed);
    });
  });

  it('refuses headers that are too large', async () => {
    await within({}, async ({ port }) => {
      const target = `/agent?access_token=${'x'.repeat(17_000)}`;
      expect((await sendRaw(port, { method: 'GET', target })).status).toBe(431);
    });
  });

  it('serves so many workers of all agents', async () => {
    await within({ limits: { maxWorkers: 1 } }, async (stage) => {
      await serve(stage);
      const token = stage.tokenOf(await stage.newAgent());
      const refused = await connectRaw(stage.url, { authorization: `Bearer ${token}` });
      expect(refused).toEqual({ status: 503, retryAfter: '5' });
    });
  });
});
