export {
  AuthorizerIdentitySource,
  type AuthorizerIdentitySourceOptions,
} from './authorizer-identity-source.ts';
export { handle, type GatewayEvent, type LambdaHandler } from './handle.ts';
export type { GatewayResult } from './result.ts';
