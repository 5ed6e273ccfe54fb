import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';
import type { HttpHandler } from '../http/index.ts';
import { isHttpApiEvent, readHttpApiEvent } from './http-api-event.ts';
import { isRestEvent, readRestEvent } from './rest-event.ts';
import { toResult, type GatewayResult } from './result.ts';

export type GatewayEvent = APIGatewayProxyEvent | APIGatewayProxyEventV2;
export type LambdaHandler = (event: GatewayEvent) => Promise<GatewayResult>;

/**
 * The platform as a Lambda function behind API Gateway: REST API, HTTP API (payload format 2.0) or function URL. It
 * only translates: nothing here decides.
 *
 * @throws TypeError for an event that none of them sends; there is nobody to answer.
 */
export function handle(handler: HttpHandler): LambdaHandler {
  return async (event) => {
    if (isHttpApiEvent(event)) {
      return toResult(await handler(readHttpApiEvent(event)));
    }
    if (isRestEvent(event)) {
      return toResult(await handler(readRestEvent(event)));
    }
    throw new TypeError('the event is neither of a REST API nor of an HTTP API');
  };
}
