import type { APIGatewayProxyResult, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { HttpResponse } from '../http/index.ts';

/** What both kinds of gateway take for an answer. */
export type GatewayResult = APIGatewayProxyResult & APIGatewayProxyStructuredResultV2;

/** An answer as both kinds of gateway take it: text where the bytes are UTF-8, base64 for all others. */
export function toResult({ status, headers, body }: HttpResponse): GatewayResult {
  const text = asText(body);
  return {
    statusCode: status,
    headers: { ...headers },
    body: text ?? Buffer.from(body).toString('base64'),
    isBase64Encoded: text === undefined,
  };
}

function asText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
