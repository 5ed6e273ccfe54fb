/** OpenID Connect discovery 1.0, as far as credentials and verifiers read it. `base` is authority and tenant. */
export function discoveryDocument(base: string, issuer: string, keysPath: string): object {
  return {
    issuer,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    jwks_uri: `${base}/${keysPath}`,
    token_endpoint_auth_methods_supported: ['client_secret_post'],
    response_types_supported: ['code'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}
