import { graphRefuses } from './graph-error.ts';
import { DEFAULT_SCOPE_ID } from './graph-objects.ts';

const LIST = 'preAuthorizedApplications';

/**
 * The clients of `{"api": {"preAuthorizedApplications": [{"appId", "delegatedPermissionIds": [..]}]}}`, the one edit this
 * emulator takes. Throws `GraphError` for anything else, also for a permission that the registration does not expose.
 */
export function parseEdit(body: string): readonly string[] {
  const list = onlyField(onlyField(parseJson(body), 'api'), LIST);
  if (!Array.isArray(list)) throw graphRefuses.invalidValue(LIST);
  const clients = list.map(parseClient);
  if (new Set(clients).size < clients.length) throw graphRefuses.invalidValue(LIST);
  return clients;
}

function parseClient(entry: unknown): string {
  const { appId, delegatedPermissionIds: permissions, ...others } = fieldsOf(entry);
  const fits =
    typeof appId === 'string' &&
    Array.isArray(permissions) &&
    permissions.length > 0 &&
    permissions.every((id) => id === DEFAULT_SCOPE_ID) &&
    Object.keys(others).length === 0;
  if (!fits) throw graphRefuses.invalidValue(LIST);
  return appId.toLowerCase();
}

function onlyField(value: unknown, name: string): unknown {
  const { [name]: wanted, ...others } = fieldsOf(value);
  const [other] = Object.keys(others);
  if (other !== undefined) throw graphRefuses.invalidProperty(other);
  return wanted;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw graphRefuses.payload();
  return { ...value };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw graphRefuses.payload();
  }
}
