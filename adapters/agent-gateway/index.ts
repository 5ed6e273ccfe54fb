export { AgentGateway } from './agent-gateway.ts';
export type { GatewayLimits } from './gateway-limits.ts';
export type { GatewayLog, GatewayLogEntry, GatewayService, GatewaySite } from './service.ts';
