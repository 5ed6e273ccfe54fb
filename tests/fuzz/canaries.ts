/** In everything planted that must appear in no log line and no audit row. */
export const CANARY = 'canary7f3a';

export const CANARY_EMAIL = `${CANARY}@lkps.test`;
/** Of a JWT's form; nobody signed it. */
export const CANARY_JWT = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.${CANARY}signature`;
