import { readFile } from 'node:fs/promises';
import {
  isGuid,
  LkpsError,
  parseClientId,
  parseObjectId,
  type ApplicationDirectory,
  type ClientId,
  type ObjectId,
  type PreAuthorization,
} from '../../core/index.ts';

interface Entry {
  readonly servicePrincipalId: ObjectId;
  readonly preAuthorized: ReadonlySet<ClientId>;
}

/**
 * {@link ApplicationDirectory} from a JSON file, read once at start:
 * `{"<app id>": {"service_principal_id": "<guid>", "pre_authorized": ["<app id>", ..]}}`.
 */
export class FileApplicationDirectory implements ApplicationDirectory {
  readonly #entries: ReadonlyMap<ClientId, Entry>;
  readonly #fetchedAt: Date;

  private constructor(entries: ReadonlyMap<ClientId, Entry>, fetchedAt: Date) {
    this.#entries = entries;
    this.#fetchedAt = fetchedAt;
  }

  /** @throws LkpsError `invalid_request` naming the file, or the entry of it, that is wrong. */
  static async open(path: string): Promise<FileApplicationDirectory> {
    return new FileApplicationDirectory(parseEntries(await readJson(path)), new Date());
  }

  findServicePrincipalId(application: ClientId): Promise<ObjectId | undefined> {
    return Promise.resolve(this.#entries.get(application)?.servicePrincipalId);
  }

  findPreAuthorization(application: ClientId): Promise<PreAuthorization> {
    const entry = this.#entries.get(application);
    const provenance = { source: 'file' as const, fetchedAt: this.#fetchedAt };
    return Promise.resolve(
      entry === undefined
        ? { outcome: 'unknown', reason: 'agent_not_in_directory', ...provenance }
        : { outcome: 'known', clients: entry.preAuthorized, ...provenance },
    );
  }
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown failure';
    throw new LkpsError('invalid_request', `application directory ${path}: cannot be read (${why})`, {
      cause,
    });
  });
  try {
    return JSON.parse(text);
  } catch {
    throw new LkpsError('invalid_request', `application directory ${path}: is not JSON`); // the parser quotes the file
  }
}

function parseEntries(parsed: unknown): ReadonlyMap<ClientId, Entry> {
  if (!isRecord(parsed)) {
    throw new LkpsError('invalid_request', 'the application directory must be a JSON object');
  }
  const entries = new Map<ClientId, Entry>();
  for (const [appId, entry] of Object.entries(parsed)) {
    if (!isGuid(appId)) {
      throw invalid(appId, 'is not named by an application id (GUID)');
    }
    const clientId = parseClientId(appId);
    if (entries.has(clientId)) {
      throw invalid(appId, 'the same application twice');
    }
    entries.set(clientId, parseEntry(appId, entry));
  }
  return entries;
}

function parseEntry(appId: string, entry: unknown): Entry {
  if (!isRecord(entry)) {
    throw invalid(appId, 'must be an object');
  }
  const { service_principal_id: principal, pre_authorized: clients, ...unknown } = entry;
  if (Object.keys(unknown).length > 0) {
    throw invalid(appId, `unknown field ${Object.keys(unknown).join(', ')}`);
  }
  if (typeof principal !== 'string' || !isGuid(principal) || !isStringArray(clients)) {
    throw invalid(appId, 'needs service_principal_id (GUID) and pre_authorized (list of application ids)');
  }
  const stranger = clients.find((client) => !isGuid(client));
  if (stranger !== undefined) {
    throw invalid(appId, `pre_authorized has ${JSON.stringify(stranger)}, which is no application id (GUID)`);
  }
  return { servicePrincipalId: parseObjectId(principal), preAuthorized: new Set(clients.map(parseClientId)) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStringArray(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function invalid(appId: string, what: string): LkpsError {
  return new LkpsError('invalid_request', `application directory, entry ${appId}: ${what}`);
}
