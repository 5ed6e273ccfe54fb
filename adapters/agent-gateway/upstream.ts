import { WebSocket } from 'ws';
import { LkpsError } from '../../core/index.ts';
import type { GatewayLimits } from './gateway-limits.ts';
import type { GatewaySite } from './service.ts';

type Limits = Pick<GatewayLimits, 'upstreamMs' | 'maxServerBytes' | 'closeMs'>;

/**
 * LiveKit's side of one worker: a connection of the platform's own, with nothing in it of what the worker sent. It is not
 * read from before somebody listens.
 *
 * @throws LkpsError `livekit_unavailable`, which says no more than why.
 */
export async function openUpstream(
  { livekitUrl, upstreamToken }: Pick<GatewaySite, 'livekitUrl' | 'upstreamToken'>,
  { upstreamMs, maxServerBytes, closeMs }: Limits,
): Promise<WebSocket> {
  const token = await upstreamToken();
  const options = {
    headers: { authorization: `Bearer ${token}`, 'user-agent': 'lkps-agent-gateway' },
    handshakeTimeout: upstreamMs,
    closeTimeout: closeMs,
    maxPayload: maxServerBytes,
    perMessageDeflate: false,
    followRedirects: false,
  };
  const socket = new WebSocket(`${livekitUrl.replace(/^http/, 'ws')}/agent?protocol=1`, options);
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      reject(new LkpsError('livekit_unavailable', `LiveKit took no worker: ${why}`));
    };
    socket.on('error', (error) => {
      fail('code' in error && typeof error.code === 'string' ? error.code : 'no answer in time');
    });
    socket.once('unexpected-response', (request, response) => {
      request.destroy();
      fail(`status ${response.statusCode ?? 0}`);
    });
    socket.once('open', () => {
      socket.pause();
      resolve(socket);
    });
  });
}
