import { AgentGateway, type GatewayService } from '../adapters/agent-gateway/index.ts';
import { cannotListen } from './cannot-listen.ts';
import type { GatewayListenerConfig } from './gateway-config.ts';

/** @throws StartError where the port cannot be had. */
export async function listeningGateway(
  service: GatewayService,
  listener: GatewayListenerConfig,
): Promise<AgentGateway> {
  const gateway = new AgentGateway(service);
  try {
    await gateway.listen(listener.port, listener.host);
    return gateway;
  } catch (error) {
    throw cannotListen(listener, 'LKPS_GATEWAY_PORT', error);
  }
}
