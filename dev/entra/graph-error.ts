import { randomUUID } from 'node:crypto';

/** What Graph refuses, in its words: HTTP status, code, message. */
export class GraphError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function graphErrorBody({ code, message }: GraphError, now: Date): object {
  const id = randomUUID();
  const date = now.toISOString().slice(0, 19);
  return { error: { code, message, innerError: { date, 'request-id': id, 'client-request-id': id } } };
}

export const graphRefuses = {
  token: (why: string) => new GraphError(401, 'InvalidAuthenticationToken', why),
  missingRole: () =>
    new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.'),
  unknownObject: (id: string) =>
    new GraphError(
      404,
      'Request_ResourceNotFound',
      `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
    ),
  malformedKey: (segment: string) =>
    new GraphError(400, 'BadRequest', `The key in segment '${segment}' is not valid.`),
  unknownSegment: (segment: string) =>
    new GraphError(400, 'BadRequest', `Resource not found for the segment '${segment}'.`),
  unknownProperty: (name: string, type: string) =>
    new GraphError(
      400,
      'BadRequest',
      `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`,
    ),
  payload: () => new GraphError(400, 'BadRequest', 'Unable to read JSON request payload.'),
  tooLarge: () => new GraphError(413, 'RequestEntityTooLarge', 'The request is too large.'),
  invalidProperty: (name: string) =>
    new GraphError(400, 'Request_BadRequest', `Invalid property '${name}', to this emulator.`),
  invalidValue: (name: string) =>
    new GraphError(
      400,
      'Request_BadRequest',
      `Invalid value specified for property '${name}' of resource 'Application'.`,
    ),
  unknownClient: (id: string) =>
    new GraphError(
      400,
      'Request_BadRequest',
      `Property PreAuthorizedApplications references applications ${id} that cannot be found.`,
    ),
  method: () => new GraphError(405, 'Request_BadRequest', 'This emulator has no such method here.'),
  tooMany: () => new GraphError(429, 'TooManyRequests', 'Too many requests.'),
  failure: () => new GraphError(500, 'InternalServerError', 'An unexpected error occurred.'),
} as const;
