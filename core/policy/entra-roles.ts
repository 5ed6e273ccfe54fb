/** A value of an app role has no white space (Microsoft Graph, appRole.value). */
const ROLE = /^\S{1,256}$/u;
const LIST = /^\[(.*)\]$/u;
const MAX_ROLES = 1024;
const NO_ROLES: ReadonlySet<string> = new Set();

/**
 * The claim `roles`: a list of texts as Entra signs it, or what API Gateway makes of a list, `[one two]`. Undefined when it
 * is anything else: nobody has a role by a reading that may be wrong.
 */
export function readEntraRoles(claim: unknown): ReadonlySet<string> | undefined {
  if (claim === undefined || claim === '[]') {
    return NO_ROLES;
  }
  const roles: unknown = typeof claim === 'string' ? LIST.exec(claim)?.[1]?.split(' ') : claim;
  return Array.isArray(roles) && roles.length <= MAX_ROLES && roles.every(isRole)
    ? new Set<string>(roles)
    : undefined;
}

function isRole(value: unknown): value is string {
  return typeof value === 'string' && ROLE.test(value);
}
