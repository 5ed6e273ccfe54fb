export {
  groupHeaders,
  MAX_BODY_BYTES,
  type AuthorizerClaims,
  type HttpCredential,
  type HttpHandler,
  type HttpHeaders,
  type HttpRequest,
  type HttpResponse,
  type RequestBody,
} from './exchange.ts';
export { createHttpHandler } from './handler.ts';
export { ROUTES } from './routes.ts';
export type { HttpLog, HttpLogEntry, HttpService, Site } from './service.ts';
