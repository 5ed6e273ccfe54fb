import { graphRefuses } from './graph-error.ts';
import type { GraphObject, GraphObjects } from './graph-objects.ts';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const TYPES: Readonly<Record<string, string>> = {
  applications: 'application',
  servicePrincipals: 'servicePrincipal',
};

interface Addressed {
  readonly name: string;
  readonly type: string;
  readonly appId: string;
}

/** `GET /v1.0/applications(appId='..')?$select=..`, and the same of `servicePrincipals`; throws `GraphError`. */
export function readObject(objects: GraphObjects, graphUrl: string, url: URL): GraphObject {
  const { name, type, appId } = addressedBy(url);
  const object = type === 'application' ? objects.application(appId) : objects.servicePrincipal(appId);
  const context = `${graphUrl}/v1.0/$metadata#${name}`;
  return select(object, url.searchParams.get('$select'), type, context);
}

/** The application whose registration, which there is, a `PATCH` is for; throws `GraphError`. */
export function registrationToEdit(objects: GraphObjects, url: URL): string {
  const { type, appId } = addressedBy(url);
  if (type !== 'application') throw graphRefuses.method();
  objects.application(appId);
  return appId.toLowerCase();
}

function addressedBy(url: URL): Addressed {
  const [, version = '', segment = '', ...rest] = decodeURIComponent(url.pathname).split('/');
  const [, name = '', key] = /^([A-Za-z]+)(?:\((.*)\))?$/.exec(segment) ?? [];
  const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  if (version !== 'v1.0' || type === undefined || key === undefined || rest.length > 0) {
    throw graphRefuses.unknownSegment(segment);
  }
  // OData ABNF: a string is quoted with '.
  const [, appId] = /^appId='([^']*)'$/.exec(key) ?? [];
  if (appId === undefined || !GUID.test(appId)) throw graphRefuses.malformedKey(segment);
  return { name, type, appId };
}

/** Only what was asked for; everything where nothing was. */
function select(object: GraphObject, wanted: string | null, type: string, context: string): GraphObject {
  if (wanted === null) return { '@odata.context': `${context}/$entity`, ...object };
  const names = wanted.split(',');
  const unknown = names.find((name) => !Object.hasOwn(object, name));
  if (unknown !== undefined) throw graphRefuses.unknownProperty(unknown, type);
  return {
    '@odata.context': `${context}(${wanted})/$entity`,
    ...Object.fromEntries(names.map((name) => [name, object[name]])),
  };
}
