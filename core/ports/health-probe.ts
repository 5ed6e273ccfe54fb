/** Looks whether one dependency works, with the credentials the service uses. */
export interface HealthProbe {
  /** Resolves to false, never rejects, when the dependency did not prove itself within 2 s. */
  isHealthy(): Promise<boolean>;
}
