import type { Identification } from '../ports/identity-source.ts';
import { classifyCaller, type ApplicationEvidence, type CallerClaims } from './caller-kind.ts';

/** What a verified token says: {@link TokenVerification} and {@link EntraCaller} both do. */
interface VerifiedCaller {
  readonly claims: CallerClaims;
  readonly evidence: ApplicationEvidence;
  readonly roles: ReadonlySet<string>;
}

/** The caller of a verified token, who must have `requiredRole` where there is one: application and user alike. */
export function identifyVerified(
  { claims, evidence, roles }: VerifiedCaller,
  requiredRole: string | undefined,
): Identification {
  const principal = classifyCaller(claims, evidence);
  return requiredRole === undefined || roles.has(requiredRole)
    ? { outcome: 'identified', principal }
    : { outcome: 'role_missing', principal };
}
