const MIN_SECRET_BYTES = 32;

export type Environment = Readonly<Record<string, string | undefined>>;

export function required(env: Environment, name: string): string {
  const value = env[name];
  if (value === undefined || value === '') {
    throw new Error(`${name} is not set`);
  }
  return value;
}

/** The package checks no secret it is given: a short one, or an empty one, would be as good as none. */
export function secret(env: Environment, name: string): Uint8Array {
  const bytes = new TextEncoder().encode(required(env, name));
  if (bytes.length < MIN_SECRET_BYTES) {
    throw new Error(`${name} needs at least ${MIN_SECRET_BYTES} bytes`);
  }
  return bytes;
}
